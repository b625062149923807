package io.oriel.traces.query;

import io.oriel.model.trace.TraceId;
import io.oriel.search.client.Aggregate;
import io.oriel.search.client.Hit;
import io.oriel.search.client.SearchAnswer;
import io.oriel.search.query.Aggregation;
import io.oriel.search.query.Query;
import io.oriel.search.query.Scalar;
import io.oriel.search.query.SearchRequest;
import io.oriel.search.query.Sort;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Finds traces by their newest matching span. Spans are walked from the newest on, for which the
/// engine looks at few others; grouping all that match, which takes it longer the more there are,
/// is for when a few long traces fill the pages. Both ways give the same traces in the same order.
final class NewestTraces {
  /** Spans of the first page for each trace wanted; each next page is ten times as long. */
  private static final int SPANS_A_TRACE = 10;

  private static final int PAGES = 3;

  /** What the engine gives at once by default. */
  private static final int LONGEST_PAGE = 10_000;

  /** Spans of one trace are looked for this long before and after those that matched. */
  private static final long AROUND_MICROS = Duration.ofHours(24).toMillis() * 1000;

  /// Behind a span there may only be left out those of the same trace and time.
  private static final List<Sort> NEWEST =
      List.of(
          Sort.desc(SpanQueries.START).withUnmappedType("long"),
          Sort.asc(SpanQueries.TRACE_ID).withUnmappedType("keyword"));

  private final List<String> targets;
  private final Ask engine;

  /// Answers a question in whole.
  @FunctionalInterface
  interface Ask {
    SearchAnswer ask(SearchRequest request) throws InterruptedException;
  }

  /// @param targets indices of spans
  NewestTraces(List<String> targets, Ask engine) {
    this.targets = targets;
    this.engine = engine;
  }

  /// The traces with a matching span, newest first.
  ///
  /// @param started when matching spans start at the earliest and latest
  /// @param limit most traces
  List<FoundTrace> find(Query matching, TimeWindow started, int limit) throws InterruptedException {
    int size = Math.min(LONGEST_PAGE, limit * SPANS_A_TRACE);
    SearchRequest request =
        SearchRequest.of(targets)
            .withQuery(matching)
            .withSource(List.of())
            .countingUpTo(0)
            .withSorts(NEWEST);
    Map<TraceId, FoundTrace> found = new LinkedHashMap<>();
    for (int page = 0; page < PAGES; page++) {
      List<Hit> spans = engine.ask(request.withSize(size)).hits();
      for (Hit span : spans) {
        add(span.sort(), started, found);
        if (found.size() == limit) {
          return List.copyOf(found.values());
        }
      }
      if (spans.size() < size) {
        return List.copyOf(found.values());
      }
      request = request.after(spans.getLast().sort());
      size = Math.min(LONGEST_PAGE, size * 10);
    }
    return grouped(matching, limit);
  }

  private static void add(List<Scalar> keys, TimeWindow started, Map<TraceId, FoundTrace> found) {
    if (keys.getFirst() instanceof Scalar.Whole(long newest)
        && keys.getLast() instanceof Scalar.Text(String hex)) {
      TraceId id = TraceId.ofHex(hex);
      // its other spans that match start anywhere before
      found.computeIfAbsent(id, _ -> new FoundTrace(id, around(started.fromMicros(), newest)));
    }
  }

  private List<FoundTrace> grouped(Query matching, int limit) throws InterruptedException {
    SearchAnswer answer =
        engine.ask(
            SearchRequest.of(targets)
                .withSize(0)
                .countingUpTo(0)
                .withQuery(matching)
                .withAggregation(
                    "traces",
                    Aggregation.terms(SpanQueries.TRACE_ID, limit)
                        .orderedBy("newest", Sort.Order.DESC)
                        .with("newest", Aggregation.max(SpanQueries.START))
                        .with("oldest", Aggregation.min(SpanQueries.START))));
    Map<TraceId, FoundTrace> found = new LinkedHashMap<>();
    for (Aggregate.Bucket bucket : answer.aggregate("traces").buckets()) {
      long newest = (long) bucket.inside("newest").value().orElse(0);
      long oldest = (long) bucket.inside("oldest").value().orElse(0);
      TraceId id = TraceId.ofHex(bucket.key());
      found.putIfAbsent(id, new FoundTrace(id, around(oldest, newest)));
    }
    return List.copyOf(found.values());
  }

  private static TimeWindow around(long oldest, long newest) {
    return new TimeWindow(
        Math.max(oldest, Long.MIN_VALUE + AROUND_MICROS) - AROUND_MICROS, newest + AROUND_MICROS);
  }
}
