package io.oriel.traces.spanmetrics;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.trace.SpanKind;
import io.oriel.search.client.Aggregate;
import io.oriel.search.client.SearchAnswer;
import io.oriel.search.client.SearchClient;
import io.oriel.search.query.Aggregation;
import io.oriel.search.query.Query;
import io.oriel.search.query.Scalar;
import io.oriel.search.query.SearchRequest;
import io.oriel.traces.index.TagFields;
import io.oriel.wire.jaeger.JaegerTags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Latencies, call rates and error rates, computed by the engine from the spans it holds.
/// Thread-safe; calls wait for the engine.
///
/// Tags are looked for both as fields and as nested objects, so it works however they are written;
/// a real Jaeger needs the former. A span counts as many times as its sampling says (see {@link
/// AdjustedCount}), which the engine reads from the trace state.
public final class ServicePerformance {
  private static final int MAX_OPERATIONS = 100;
  private static final String DURATION = "duration";
  private static final String OVER_TIME = "over_time";
  private static final String GROUPS = "groups";
  private static final String SERVICES = "services";
  private static final String LISTED = "listed";
  private static final String STATES = "states";
  private static final String MORE = "more";
  private static final double MICROS_PER_MILLI = 1000;

  private final SearchClient client;
  private final List<String> spans;
  private final String dotReplacement;
  private final SamplingClasses classes;

  /// @param client stays its maker's to close
  /// @param spans indices, aliases or patterns to read
  public ServicePerformance(SearchClient client, List<String> spans, TagFields fields) {
    this.client = client;
    this.spans = List.copyOf(spans);
    this.dotReplacement = fields.dotReplacement();
    this.classes = new SamplingClasses(fields, DURATION);
  }

  private record Key(String service, String operation) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int order = service.compareTo(other.service);
      return order != 0 ? order : operation.compareTo(other.operation);
    }
  }

  /// Reads a step's bucket.
  private interface Reading<T> {
    T of(Aggregate.Bucket bucket);
  }

  /// A quantile of the spans that were kept.
  ///
  /// @param mixed whether these do not all count alike, so that it is not one of all spans
  private record Kept(double micros, boolean mixed) {
    static final Kept NOTHING = new Kept(Double.NaN, false);
  }

  /// A quantile of the durations in each step, in milliseconds.
  ///
  /// @param quantile 0 to 1
  public List<ServiceSeries> latencies(PerformanceQuery wanted, double quantile)
      throws InterruptedException {
    if (!(quantile >= 0 && quantile <= 1)) {
      throw OrielException.invalid("quantile: got " + quantile + ", want 0 to 1");
    }
    double percent = Math.round(quantile * 1e8) / 1e6;
    Map<Key, TreeMap<Long, Kept>> kept =
        ask(
            wanted,
            List.of(),
            classes
                .counted(histogram(wanted))
                .with("p", Aggregation.percentiles(DURATION, List.of(percent))),
            bucket ->
                new Kept(
                    bucket.inside("p").percentile(percent).orElse(Double.NaN),
                    SamplingClasses.areMixed(bucket)));
    Map<Key, TreeMap<Long, Double>> weighed =
        kept.values().stream().anyMatch(steps -> steps.values().stream().anyMatch(Kept::mixed))
            ? ask(
                wanted,
                List.of(),
                classes.measured(histogram(wanted)),
                bucket -> SamplingClasses.quantile(bucket, quantile))
            : Map.of();
    List<ServiceSeries> series = new ArrayList<>();
    kept.forEach(
        (key, values) -> {
          TreeMap<Long, Double> others = weighed.getOrDefault(key, new TreeMap<>());
          series.add(
              overSteps(
                  wanted,
                  key,
                  at -> {
                    Kept one = values.getOrDefault(at, Kept.NOTHING);
                    double micros = one.mixed ? others.getOrDefault(at, one.micros) : one.micros;
                    return micros / MICROS_PER_MILLI;
                  }));
        });
    return series;
  }

  /// Calls a second, over the time before each step.
  public List<ServiceSeries> callRates(PerformanceQuery wanted) throws InterruptedException {
    Map<Key, TreeMap<Long, Double>> calls = counts(wanted, List.of());
    List<ServiceSeries> series = new ArrayList<>();
    calls.forEach(
        (key, counts) ->
            series.add(
                overSteps(wanted, key, at -> sum(wanted, counts, at) / window(wanted) * 1000)));
    return series;
  }

  /// The share of calls that failed, over the time before each step; 0 to 1.
  public List<ServiceSeries> errorRates(PerformanceQuery wanted) throws InterruptedException {
    Map<Key, TreeMap<Long, Double>> calls = counts(wanted, List.of());
    Map<Key, TreeMap<Long, Double>> errors = counts(wanted, List.of(tag("error", List.of("true"))));
    List<ServiceSeries> series = new ArrayList<>();
    calls.forEach(
        (key, counts) -> {
          TreeMap<Long, Double> failed = errors.getOrDefault(key, new TreeMap<>());
          series.add(
              overSteps(
                  wanted,
                  key,
                  at -> {
                    double all = sum(wanted, counts, at);
                    return all == 0 ? Double.NaN : sum(wanted, failed, at) / all;
                  }));
        });
    return series;
  }

  private interface ValueAt {
    double at(long millis);
  }

  private static ServiceSeries overSteps(PerformanceQuery wanted, Key key, ValueAt value) {
    List<ServiceSeries.Point> points = new ArrayList<>();
    for (long at = first(wanted); at <= wanted.steps().end(); at += wanted.steps().step()) {
      points.add(point(wanted, at, value.at(at)));
    }
    return new ServiceSeries(key.service, key.operation, points);
  }

  /// Buckets are named by their starts, points by their ends as far as these are not ahead.
  private static ServiceSeries.Point point(PerformanceQuery wanted, long at, double value) {
    return new ServiceSeries.Point(
        Math.min(at + wanted.steps().step(), wanted.steps().end()), value);
  }

  private static long first(PerformanceQuery wanted) {
    PerformanceQuery.Steps steps = wanted.steps();
    return floor(Math.max(0, steps.end() - steps.lookback()), steps.step());
  }

  private static long floor(long millis, long step) {
    return millis / step * step;
  }

  private static long window(PerformanceQuery wanted) {
    PerformanceQuery.Steps steps = wanted.steps();
    return Math.ceilDiv(steps.ratePer(), steps.step()) * steps.step();
  }

  /// The counts of the steps in the window that ends with the step at {@code at}.
  private static double sum(PerformanceQuery wanted, TreeMap<Long, Double> counts, long at) {
    double sum = 0;
    for (double count :
        counts.subMap(at - window(wanted) + wanted.steps().step(), true, at, true).values()) {
      sum += count;
    }
    return sum;
  }

  private Map<Key, TreeMap<Long, Double>> counts(PerformanceQuery wanted, List<Query> also)
      throws InterruptedException {
    String field = "tag." + JaegerTags.TRACE_STATE.replace(".", dotReplacement);
    Aggregation.DateHistogram histogram =
        histogram(wanted)
            .with(
                LISTED,
                Aggregation.nested("tags")
                    .with(
                        STATES,
                        Aggregation.filter(Query.term("tags.key", JaegerTags.TRACE_STATE))
                            .with(MORE, more("tags.value"))))
            .with(STATES, Aggregation.filter(Query.exists(field)).with(MORE, more(field)));
    return ask(wanted, also, histogram, ServicePerformance::adjusted);
  }

  private static Aggregation more(String field) {
    return new Aggregation.Metric(
        Aggregation.Metric.Kind.SUM, Aggregation.Source.script(AdjustedCount.script(field)));
  }

  private static double adjusted(Aggregate.Bucket bucket) {
    return bucket.count()
        + bucket.inside(LISTED).inside(STATES).inside(MORE).value().orElse(0)
        + bucket.inside(STATES).inside(MORE).value().orElse(0);
  }

  private static Aggregation.DateHistogram histogram(PerformanceQuery wanted) {
    return Aggregation.dateHistogram("startTimeMillis", wanted.steps().step() + "ms")
        .between(floor(from(wanted), wanted.steps().step()), wanted.steps().end());
  }

  private static long from(PerformanceQuery wanted) {
    return Math.max(0, first(wanted) - wanted.steps().ratePer());
  }

  private <T> Map<Key, TreeMap<Long, T>> ask(
      PerformanceQuery wanted, List<Query> also, Aggregation histogram, Reading<T> reading)
      throws InterruptedException {
    boolean byOperation = wanted.grouping() == PerformanceQuery.Grouping.OPERATION;
    Aggregation inner =
        byOperation
            ? Aggregation.terms("operationName", MAX_OPERATIONS).with(OVER_TIME, histogram)
            : histogram;
    List<Query> all = new ArrayList<>(also);
    all.add(Query.terms("process.serviceName", wanted.services()));
    all.add(tag("span.kind", wanted.kinds().stream().map(SpanKind::word).toList()));
    all.add(
        Query.range("startTimeMillis")
            .atLeast(Scalar.of(from(wanted)))
            .atMost(Scalar.of(wanted.steps().end()))
            .withFormat("epoch_millis"));
    SearchAnswer answer =
        client
            .documents()
            .search(
                SearchRequest.of(spans)
                    .withSize(0)
                    .countingUpTo(0)
                    .withQuery(Query.allOf(all))
                    .withAggregation(
                        SERVICES,
                        Aggregation.terms("process.serviceName", wanted.services().size())
                            .with(byOperation ? GROUPS : OVER_TIME, inner)));
    if (answer.hasFailed()) {
      throw new OrielException(
          Kind.UNAVAILABLE,
          "the search engine answered in part: " + String.join("; ", answer.warnings()));
    }
    return answer.hasAggregate(SERVICES)
        ? read(answer.aggregate(SERVICES), byOperation, reading)
        : Map.of();
  }

  private static <T> Map<Key, TreeMap<Long, T>> read(
      Aggregate services, boolean byOperation, Reading<T> reading) {
    Map<Key, TreeMap<Long, T>> found = new TreeMap<>();
    for (Aggregate.Bucket service : services.buckets()) {
      if (!byOperation) {
        found.put(new Key(service.key(), ""), steps(service.inside(OVER_TIME), reading));
        continue;
      }
      for (Aggregate.Bucket operation : service.inside(GROUPS).buckets()) {
        found.put(
            new Key(service.key(), operation.key()), steps(operation.inside(OVER_TIME), reading));
      }
    }
    return found;
  }

  private static <T> TreeMap<Long, T> steps(Aggregate histogram, Reading<T> reading) {
    TreeMap<Long, T> values = new TreeMap<>();
    histogram.buckets().forEach(bucket -> values.put(bucket.keyNumber(), reading.of(bucket)));
    return values;
  }

  private Query tag(String key, List<String> values) {
    return Query.anyOf(
        List.of(
            Query.terms("tag." + key.replace(".", dotReplacement), values),
            Query.nested(
                "tags",
                Query.allOf(
                    List.of(Query.term("tags.key", key), Query.terms("tags.value", values))))));
  }
}
