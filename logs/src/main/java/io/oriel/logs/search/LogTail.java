package io.oriel.logs.search;

import io.oriel.search.client.SearchClient;
import io.oriel.search.query.Query;
import io.oriel.search.query.Scalar;
import io.oriel.search.query.SearchRequest;
import io.oriel.search.query.Sort;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Lines as they come in. Used by one thread.
///
/// Asks by the time at which lines were taken in, not by their own, so that late ones are not
/// missed; looks back a few seconds each time, since shards show their documents at different
/// times, and leaves out what it has given before, of which it remembers a hundred thousand.
public final class LogTail {
  private static final long LOOK_BACK_MILLIS = 10_000;
  private static final int PAGE = 1_000;
  private static final int MOST = 1_000;
  private static final int MAX_SEEN = 100_000;

  private final SearchClient client;
  private final LogAccess access;
  private final QuerySource query;
  private long fromMillis;

  /** Ids of lines given before, the oldest first. */
  private final Map<String, Long> seen = new LinkedHashMap<>();

  private boolean behind;

  /// Makes the query, which depends on the fields there are.
  interface QuerySource {
    Query query() throws InterruptedException;
  }

  LogTail(SearchClient client, InstantSource clock, LogAccess access, QuerySource query) {
    this.client = client;
    this.access = access;
    this.query = query;
    this.fromMillis = clock.millis();
  }

  /// The lines that have come in since the last call, in the order in which they came; at most a
  /// thousand, the rest with the next call.
  public List<LogLine> next() throws InterruptedException {
    SearchRequest search =
        SearchRequest.of(access.indices())
            .withQuery(
                Query.bool()
                    .withFilter(access.filter())
                    .withFilter(
                        Query.range(LogSearch.INGESTED)
                            .atLeast(Scalar.of(fromMillis))
                            .withFormat("epoch_millis"))
                    .withFilter(query.query()))
            .withSorts(List.of(Sort.asc(LogSearch.INGESTED).withUnmappedType("date")))
            .withSize(PAGE);
    List<LogLine> fresh = new ArrayList<>();
    long[] newest = {fromMillis};
    long _ =
        client
            .documents()
            .scan(
                search,
                hit -> {
                  if (fresh.size() == MOST) {
                    return false;
                  }
                  if (hit.sort().getFirst() instanceof Scalar.Whole millis) {
                    newest[0] = Math.max(newest[0], millis.value());
                  }
                  if (seen.putIfAbsent(hit.index() + "/" + hit.id(), newest[0]) == null) {
                    fresh.add(LogSearch.line(hit));
                  }
                  return true;
                });
    behind = fresh.size() == MOST;
    fromMillis = Math.max(fromMillis, newest[0] - LOOK_BACK_MILLIS);
    seen.values().removeIf(millis -> millis < fromMillis);
    while (seen.size() > MAX_SEEN) {
      seen.remove(seen.keySet().iterator().next());
    }
    return fresh;
  }

  /// Whether more lines wait already.
  public boolean isBehind() {
    return behind;
  }
}
