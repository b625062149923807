package io.oriel.traces.spanmetrics;

import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts spans as `traces_span_metrics_calls_total` and their durations as
/// `traces_span_metrics_duration_milliseconds`, by service, span name, kind and status, with a
/// trace as an exemplar in each bucket. Thread-safe.
///
/// A new series beyond the limit is not made; its spans are counted in
/// `traces_span_metrics_dropped_spans_total`.
public final class SpanMetrics implements MultiCollector {
  /** Upper bounds in milliseconds, the connector's defaults. */
  private static final double[] BOUNDS = {
    2, 4, 6, 8, 10, 50, 100, 200, 400, 800, 1000, 1400, 2000, 5000, 10_000, 15_000
  };

  private static final String CALLS = "traces_span_metrics_calls";
  private static final String DURATION = "traces_span_metrics_duration_milliseconds";
  private static final double NANOS_PER_MILLI = 1e6;

  private record Key(String service, String name, SpanKind kind, SpanStatus.Code status) {}

  /// A span to show for a bucket; made an exemplar of when somebody asks.
  private record Seen(double millis, TraceId trace, long span, long at) {
    Exemplar exemplar() {
      return Exemplar.builder()
          .value(millis)
          .traceId(trace.hex())
          .spanId(HexFormat.of().toHexDigits(span))
          .timestampMillis(at)
          .build();
    }
  }

  private static final class Series {
    private final double[] buckets = new double[BOUNDS.length + 1];
    private final Seen[] exemplars = new Seen[BOUNDS.length + 1];
    private double sum;
    private double calls;
  }

  private final int maxSeries;
  private final InstantSource clock;
  private final Map<Key, Series> series = new ConcurrentHashMap<>();
  private final LongAdder dropped = new LongAdder();

  /// @param maxSeries most combinations of service, span name, kind and status
  /// @param clock dates exemplars
  public SpanMetrics(int maxSeries, InstantSource clock) {
    this.maxSeries = maxSeries;
    this.clock = clock;
  }

  /// Counts a span.
  public void add(Span span) {
    Key key = new Key(span.service(), span.name(), span.kind(), span.status().code());
    Series one = series.get(key);
    if (one == null) {
      if (series.size() >= maxSeries) {
        dropped.increment();
        return;
      }
      one = series.computeIfAbsent(key, _ -> new Series());
    }
    double millis = span.durationNanos() / NANOS_PER_MILLI;
    double weight = AdjustedCount.of(span);
    int bucket = Arrays.binarySearch(BOUNDS, millis);
    bucket = bucket < 0 ? -bucket - 1 : bucket;
    Seen seen = new Seen(millis, span.traceId(), span.spanId(), clock.millis());
    synchronized (one) {
      one.calls += weight;
      one.sum += weight * millis;
      one.buckets[bucket] += weight;
      one.exemplars[bucket] = seen;
    }
  }

  @Override
  public MetricSnapshots collect() {
    CounterSnapshot.Builder calls =
        CounterSnapshot.builder().name(CALLS).help("Spans, weighed by their sampling.");
    HistogramSnapshot.Builder durations =
        HistogramSnapshot.builder()
            .name(DURATION)
            .help("Durations of spans in milliseconds, weighed by their sampling.");
    series.forEach(
        (key, one) -> {
          Labels labels =
              Labels.of(
                  "service_name",
                  key.service,
                  "span_kind",
                  "SPAN_KIND_" + key.kind.name(),
                  "span_name",
                  key.name,
                  "status_code",
                  "STATUS_CODE_" + key.status.name());
          synchronized (one) {
            calls.dataPoint(
                CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(labels)
                    .value(one.calls)
                    .build());
            durations.dataPoint(duration(labels, one));
          }
        });
    CounterSnapshot lost =
        CounterSnapshot.builder()
            .name("traces_span_metrics_dropped_spans")
            .help("Spans of series beyond the limit.")
            .dataPoint(
                CounterSnapshot.CounterDataPointSnapshot.builder()
                    .value((double) dropped.sum())
                    .build())
            .build();
    return MetricSnapshots.of(calls.build(), durations.build(), lost);
  }

  private static HistogramSnapshot.HistogramDataPointSnapshot duration(Labels labels, Series one) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    List<Exemplar> exemplars = new ArrayList<>();
    double above = 0;
    long counted = 0;
    for (int i = 0; i <= BOUNDS.length; i++) {
      above += one.buckets[i];
      // each bucket is rounded together with those below, so that their sum is the count
      long upTo = Math.round(above);
      buckets.bucket(i < BOUNDS.length ? BOUNDS[i] : Double.POSITIVE_INFINITY, upTo - counted);
      counted = upTo;
      Optional.ofNullable(one.exemplars[i]).map(Seen::exemplar).ifPresent(exemplars::add);
    }
    return HistogramSnapshot.HistogramDataPointSnapshot.builder()
        .labels(labels)
        .classicHistogramBuckets(buckets.build())
        .sum(one.sum)
        .exemplars(Exemplars.of(exemplars))
        .build();
  }
}
