package io.oriel.logs.search;

import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.search.client.Aggregate;
import io.oriel.search.client.Documents;
import io.oriel.search.client.Hit;
import io.oriel.search.client.SearchAnswer;
import io.oriel.search.client.SearchClient;
import io.oriel.search.query.Aggregation;
import io.oriel.search.query.Query;
import io.oriel.search.query.Scalar;
import io.oriel.search.query.SearchRequest;
import io.oriel.search.query.Sort;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// Finds log lines. Thread-safe; calls wait for the engine.
public final class LogSearch {
  static final String TIME = "@timestamp";
  static final String OFFSET = "log.offset";
  static final String INGESTED = "event.ingested";

  /** Largest page; more is an export. */
  public static final int MAX_PAGE = 10_000;

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Duration PAGING = Duration.ofMinutes(5);
  private static final Duration CATALOG_AGE = Duration.ofMinutes(1);
  private static final int MAX_CATALOGS = 100;
  private static final int TOP_GROUPS = 5;

  private final SearchClient client;
  private final InstantSource clock;
  private final Map<LogAccess, Known> catalogs = new ConcurrentHashMap<>();

  /** A catalog and when it was asked for. */
  private record Known(FieldCatalog catalog, long millis) {}

  /// @param client stays its maker's to close
  public LogSearch(SearchClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  /// In which order lines come.
  public enum Direction {
    NEWEST_FIRST,
    OLDEST_FIRST
  }

  /// Which page, and how it is shown.
  ///
  /// @param size at most {@link #MAX_PAGE}
  /// @param cursor of the page before; empty for the first page
  /// @param paging whether a cursor is wanted; the engine keeps the present state of the indices
  ///   for five minutes then
  /// @param fields to bring, patterns too; empty for whole documents
  public record PageWish(
      int size, Direction direction, String cursor, boolean paging, List<String> fields) {
    public PageWish {
      fields = List.copyOf(fields);
      if (size < 0 || size > MAX_PAGE) {
        throw OrielException.invalid("size: got " + size + ", want 0 to " + MAX_PAGE);
      }
    }
  }

  /// One page of lines.
  ///
  /// @throws OrielException of kind INVALID for a text that is no query, or a cursor that is none
  ///   or too old
  public LogPage page(LogRequest request, PageWish wish) throws InterruptedException {
    SearchRequest search =
        limited(request)
            .withSize(wish.size())
            .withSorts(sorts(wish.direction()))
            .withHighlight(List.of("message"));
    if (!wish.fields().isEmpty()) {
      search = search.withSource(wish.fields());
    }
    PageCursor cursor = PageCursor.none();
    if (!wish.cursor().isEmpty()) {
      cursor = PageCursor.parse(wish.cursor());
      search = search.at(cursor.point(), PAGING).after(cursor.keys());
    } else if (wish.paging()) {
      cursor =
          new PageCursor(
              client.documents().openPointInTime(request.access().indices(), PAGING), List.of());
      search = search.at(cursor.point(), PAGING);
    }
    if (!cursor.point().isEmpty()) {
      List<Sort> unique = new ArrayList<>(search.sorts());
      // OpenSearch numbers a shard's documents within its index, so the index counts too
      unique.add(Sort.asc("_index"));
      unique.add(Sort.asc("_shard_doc"));
      search = search.withSorts(unique);
    }
    return page(ask(search, cursor), cursor, wish.size());
  }

  private SearchAnswer ask(SearchRequest search, PageCursor cursor) throws InterruptedException {
    try {
      return client.documents().search(search);
    } catch (OrielException e) {
      if (e.kind() == Kind.NOT_FOUND && !cursor.point().isEmpty()) {
        throw new OrielException(
            Kind.INVALID, "cursor: older than five minutes, start again from the first page", e);
      }
      throw e;
    }
  }

  private LogPage page(SearchAnswer answer, PageCursor cursor, int size)
      throws InterruptedException {
    List<LogLine> lines = answer.hits().stream().map(LogSearch::line).toList();
    String next = "";
    if (!cursor.point().isEmpty()) {
      if (size > 0 && lines.size() == size) {
        String point = answer.pointInTime().isEmpty() ? cursor.point() : answer.pointInTime();
        next = new PageCursor(point, answer.hits().getLast().sort()).text();
      } else {
        client.documents().closePointInTime(cursor.point());
      }
    }
    return new LogPage(lines, answer.total(), answer.isTotalExact(), next, answer.warnings());
  }

  static LogLine line(Hit hit) {
    return new LogLine(hit.index(), hit.id(), hit.source().toString(), hit.highlights());
  }

  private static List<Sort> sorts(Direction direction) {
    return direction == Direction.NEWEST_FIRST
        ? List.of(
            Sort.desc(TIME).withUnmappedType("date"), Sort.desc(OFFSET).withUnmappedType("long"))
        : List.of(
            Sort.asc(TIME).withUnmappedType("date"), Sort.asc(OFFSET).withUnmappedType("long"));
  }

  /// The request in the engine's words, with what everybody has to keep to.
  SearchRequest limited(LogRequest request) throws InterruptedException {
    return SearchRequest.of(request.access().indices())
        .withQuery(
            Query.bool()
                .withFilter(request.access().filter())
                .withFilter(within(request))
                .withFilter(request.syntax().query(request.text(), catalog(request.access()))))
        .withTimeout(TIMEOUT);
  }

  private static Query within(LogRequest request) {
    return Query.range(TIME)
        .atLeast(Scalar.of(request.fromMillis()))
        .below(Scalar.of(request.toMillis()))
        .withFormat("epoch_millis");
  }

  private FieldCatalog catalog(LogAccess access) throws InterruptedException {
    long now = clock.millis();
    Known known = catalogs.get(access);
    if (known != null && now - known.millis() < CATALOG_AGE.toMillis()) {
      return known.catalog();
    }
    Map<String, String> types = new TreeMap<>();
    for (Documents.Field field : client.documents().fields(access.indices(), "*")) {
      types.put(field.name(), field.types().size() == 1 ? field.types().getFirst() : "conflict");
    }
    FieldCatalog catalog = new FieldCatalog(types);
    if (catalogs.size() >= MAX_CATALOGS) {
      catalogs.clear();
    }
    catalogs.put(access, new Known(catalog, now));
    return catalog;
  }

  /// The fields there are, with their types, by name.
  public Map<String, String> fields(LogAccess access) throws InterruptedException {
    return catalog(access).types();
  }

  /// How many lines there are over time.
  ///
  /// @param intervalMillis zero for one that makes at most a hundred bars
  /// @param breakdown a field whose five most frequent values are counted apart; empty for none
  public LogHistogram histogram(LogRequest request, long intervalMillis, String breakdown)
      throws InterruptedException {
    long interval =
        intervalMillis > 0
            ? LogHistogram.checked(request, intervalMillis)
            : LogHistogram.interval(request.toMillis() - request.fromMillis());
    Aggregation.DateHistogram bars =
        Aggregation.dateHistogram(TIME, interval + "ms")
            .between(request.fromMillis(), request.toMillis() - 1);
    SearchRequest search = limited(request).withSize(0).countingUpTo(SearchRequest.COUNT_ALL);
    search =
        breakdown.isEmpty()
            ? search.withAggregation("bars", bars)
            : search.withAggregation(
                "bars", bars.with("groups", Aggregation.terms(breakdown, TOP_GROUPS)));
    SearchAnswer answer = client.documents().search(search);
    List<LogHistogram.Bar> found = new ArrayList<>();
    for (Aggregate.Bucket bucket : answer.aggregate("bars").buckets()) {
      Map<String, Long> groups = new TreeMap<>();
      if (!breakdown.isEmpty()) {
        for (Aggregate.Bucket group : bucket.inside("groups").buckets()) {
          groups.put(group.key(), group.count());
        }
      }
      found.add(new LogHistogram.Bar(bucket.keyNumber(), bucket.count(), groups));
    }
    return new LogHistogram(interval, answer.total(), found, answer.warnings());
  }

  /// A value and how many lines have it.
  public record ValueCount(String value, long count) {}

  /// The most frequent values of a field that start with {@code prefix}.
  ///
  /// @throws OrielException of kind INVALID for a field that cannot be counted, such as a text
  public List<ValueCount> values(LogRequest request, String field, String prefix, int size)
      throws InterruptedException {
    SearchRequest search = limited(request).withSize(0);
    if (!prefix.isEmpty()) {
      search = search.withQuery(Query.allOf(List.of(search.query(), Query.prefix(field, prefix))));
    }
    SearchAnswer answer =
        client
            .documents()
            .search(
                search.withAggregation(
                    "values", Aggregation.terms(field, Math.clamp(size, 1, 1_000))));
    return answer.aggregate("values").buckets().stream()
        .map(bucket -> new ValueCount(bucket.key(), bucket.count()))
        .toList();
  }

  /// What the fields of a sample of the newest lines hold.
  ///
  /// @param sample how many lines are looked at, at most {@link #MAX_PAGE}
  public FieldSummary summary(LogRequest request, int sample) throws InterruptedException {
    SearchAnswer answer =
        client
            .documents()
            .search(
                limited(request)
                    .withSize(Math.clamp(sample, 1, MAX_PAGE))
                    .withSorts(sorts(Direction.NEWEST_FIRST)));
    FieldSummary.Builder summary = new FieldSummary.Builder();
    answer.hits().forEach(hit -> summary.add(hit.source()));
    return summary.build(answer.total(), answer.warnings());
  }

  /// Lines like each other, from a sample of the newest ones.
  ///
  /// @param sample how many lines are looked at, at most {@link #MAX_PAGE}
  public PatternSummary patterns(LogRequest request, int sample, int most)
      throws InterruptedException {
    SearchAnswer answer =
        client
            .documents()
            .search(
                limited(request)
                    .withSize(Math.clamp(sample, 1, MAX_PAGE))
                    .withSource(List.of("message"))
                    .withSorts(sorts(Direction.NEWEST_FIRST)));
    LinePatterns patterns = new LinePatterns();
    answer.hits().forEach(hit -> patterns.add(hit.source().path("message").asString("")));
    return new PatternSummary(
        patterns.most(most).stream()
            .map(
                pattern ->
                    new PatternSummary.Pattern(pattern.text(), pattern.count(), pattern.example()))
            .toList(),
        answer.hits().size(),
        answer.total(),
        patterns.unassigned(),
        answer.warnings());
  }

  /// The lines of a trace, oldest first.
  public LogPage trace(String traceId, LogAccess access, int size) throws InterruptedException {
    SearchRequest search =
        SearchRequest.of(access.indices())
            .withQuery(
                Query.bool()
                    .withFilter(access.filter())
                    .withFilter(
                        Query.anyOf(
                            List.of(
                                Query.term("trace_id", traceId), Query.term("trace.id", traceId)))))
            .withSize(Math.clamp(size, 1, MAX_PAGE))
            .withSorts(sorts(Direction.OLDEST_FIRST))
            .withTimeout(TIMEOUT);
    return page(client.documents().search(search), PageCursor.none(), size);
  }

  /// The lines around one line, oldest first, itself among them.
  ///
  /// @param before how many before it, at most 1,000
  /// @param after how many behind it, at most 1,000
  /// @param sameSource whether only those of its own file or pod are meant
  /// @throws OrielException of kind NOT_FOUND when it is not there, or not for these eyes
  public LogSurroundings around(
      LineAddress line, LogAccess access, int before, int after, boolean sameSource)
      throws InterruptedException {
    return new Surrounding(client, access, sameSource)
        .find(line, Math.clamp(before, 0, 1_000), Math.clamp(after, 0, 1_000));
  }

  /// Which line.
  public record LineAddress(String index, String id) {}

  /// Takes exported lines.
  @FunctionalInterface
  public interface LineSink {
    /// @throws IOException ends the export
    void take(LogLine line) throws IOException;
  }

  /// Gives all lines to {@code sink}, oldest first; memory does not grow with their number.
  ///
  /// @param most ends with a refusal before more
  /// @return how many there were
  /// @throws LimitExceeded when there are more than {@code most}; those are given before
  /// @throws IOException from the sink
  public long export(LogRequest request, long most, LineSink sink)
      throws InterruptedException, IOException {
    IOException[] broken = new IOException[1];
    long[] given = new long[1];
    long seen =
        client
            .documents()
            .scan(
                limited(request).withSize(1_000).withSorts(sorts(Direction.OLDEST_FIRST)),
                hit -> {
                  if (given[0] == most) {
                    return false;
                  }
                  try {
                    sink.take(line(hit));
                    given[0]++;
                    return true;
                  } catch (IOException e) {
                    broken[0] = e;
                    return false;
                  }
                });
    if (broken[0] != null) {
      throw broken[0];
    }
    if (seen > most) {
      throw new LimitExceeded("lines of an export", most, seen);
    }
    return given[0];
  }

  /// Follows the lines that come in from now on.
  public LogTail tail(String text, LogSyntax syntax, LogAccess access) {
    return new LogTail(client, clock, access, () -> syntax.query(text, catalog(access)));
  }
}
