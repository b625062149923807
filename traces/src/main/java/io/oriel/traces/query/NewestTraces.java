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

/// Finds traces by their newest matching span. It asks for the newest spans, for which the engine
/// looks at few others; grouping all that match, which takes it the longer the more there are, is
/// for when a few long traces have all of the newest. Both ways give the same traces in the same
/// order.
final class NewestTraces {
  /**
   * Spans asked for first, for each trace wanted; then ten times as many, from the newest again.
   */
  private static final int SPANS_A_TRACE = 10;

  /** What the engine gives at once by default. */
  private static final int MOST_SPANS = 10_000;

  /** Spans of one trace are looked for this long before and after those that matched. */
  private static final long AROUND_MICROS = Duration.ofHours(24).toMillis() * 1000;

  private static final List<Sort> NEWEST =
      List.of(Sort.desc(SpanQueries.START).withUnmappedType("long"));

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
    for (int size = limit * SPANS_A_TRACE; ; size *= 10) {
      int most = Math.min(MOST_SPANS, size);
      List<Hit> spans = engine.ask(newest(matching, most)).hits();
      Map<TraceId, FoundTrace> found = new LinkedHashMap<>();
      for (int i = 0; i < spans.size() && found.size() < limit; i++) {
        add(spans.get(i), started, found);
      }
      if (found.size() == limit || spans.size() < most) {
        return List.copyOf(found.values());
      }
      if (most == MOST_SPANS) {
        return grouped(matching, limit);
      }
    }
  }

  private SearchRequest newest(Query matching, int spans) {
    return SearchRequest.of(targets)
        .withQuery(matching)
        .withSize(spans)
        .withDocValues(List.of(SpanQueries.TRACE_ID))
        .withSorts(NEWEST)
        .countingUpTo(0);
  }

  private static void add(Hit span, TimeWindow started, Map<TraceId, FoundTrace> found) {
    String hex = span.fields().path(SpanQueries.TRACE_ID).path(0).asString("");
    if (span.sort().getFirst() instanceof Scalar.Whole(long newest) && !hex.isEmpty()) {
      // its other spans that match start anywhere before
      found.computeIfAbsent(
          TraceId.ofHex(hex), id -> new FoundTrace(id, around(started.fromMicros(), newest)));
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
