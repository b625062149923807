package io.oriel.traces.dependency;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.search.client.Hit;
import io.oriel.search.client.SearchAnswer;
import io.oriel.search.client.SearchClient;
import io.oriel.search.query.Query;
import io.oriel.search.query.Scalar;
import io.oriel.search.query.SearchRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Reads dependencies from Jaeger's documents. Thread-safe.
public final class DependencyStore {
  private static final int PAGE = 500;
  private static final int MAX_LINKS = 100_000;

  private final SearchClient client;
  private final List<String> reading;

  /// @param client stays its maker's to close
  /// @param reading indices, aliases or patterns to read
  public DependencyStore(SearchClient client, List<String> reading) {
    this.client = client;
    this.reading = List.copyOf(reading);
  }

  private record Ends(String parent, String child) implements Comparable<Ends> {
    @Override
    public int compareTo(Ends other) {
      int order = parent.compareTo(other.parent);
      return order != 0 ? order : child.compareTo(other.child);
    }
  }

  /// Calls between services in a stretch of time, both ends in it, summed up, by name.
  public List<DependencyLink> read(Instant from, Instant to) throws InterruptedException {
    Map<Ends, Long> sums = new TreeMap<>();
    SearchRequest request =
        SearchRequest.of(reading)
            .withQuery(
                Query.range("timestamp")
                    .atLeast(Scalar.of(from.toString()))
                    .atMost(Scalar.of(to.toString())))
            .withSize(PAGE);
    SearchAnswer first = client.documents().search(request.countingUpTo(PAGE + 1));
    if (first.hasFailed()) {
      throw new OrielException(
          Kind.UNAVAILABLE,
          "the search engine answered in part: " + String.join("; ", first.warnings()));
    }
    if (first.total() <= PAGE) {
      first.hits().forEach(hit -> add(hit, sums));
    } else {
      client
          .documents()
          .scan(
              request,
              hit -> {
                add(hit, sums);
                return true;
              });
    }
    List<DependencyLink> links = new ArrayList<>();
    sums.forEach((ends, calls) -> links.add(new DependencyLink(ends.parent, ends.child, calls)));
    return links;
  }

  private static void add(Hit hit, Map<Ends, Long> sums) {
    for (JsonNode link : hit.source().path("dependencies")) {
      Ends ends = new Ends(link.path("parent").asString(""), link.path("child").asString(""));
      if (sums.size() < MAX_LINKS || sums.containsKey(ends)) {
        sums.merge(ends, link.path("callCount").asLong(0), Long::sum);
      }
    }
  }
}
