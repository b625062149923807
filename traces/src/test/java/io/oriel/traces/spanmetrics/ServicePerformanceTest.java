package io.oriel.traces.spanmetrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import io.oriel.testkit.Seed;
import io.oriel.traces.assemble.Spans;
import io.oriel.traces.batch.SpanBatch;
import io.oriel.traces.batch.SpanLedger;
import io.oriel.traces.batch.SpanSink;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.query.SharedEngine;
import io.oriel.traces.sample.ConsistentSampling;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Numbers of services from spans in a real engine.
class ServicePerformanceTest {
  private static final long END = 1_790_000_040_000L;
  private static final long STEP = 60_000;
  private static final long WINDOW = 10 * STEP;

  private static Span span(long id, String traceState, SpanStatus status) {
    Span like = Spans.of(id, 0, "shop", END - STEP, END - STEP + 5, SpanKind.SERVER);
    return new Span(
        like.traceId(),
        id,
        0,
        traceState,
        0,
        "op",
        like.kind(),
        like.startNanos(),
        like.endNanos(),
        status,
        like.attributes(),
        List.of(),
        List.of(),
        like.dropped(),
        like.resource(),
        like.scope());
  }

  /// Four states that say 4, 1 each that says nothing or nonsense, and one failure that says 2.
  private static List<Span> spans() {
    List<Span> all = new ArrayList<>();
    List<String> states =
        List.of(
            "ot=th:c",
            "x=y, ot=rv:00000000000001;th:c",
            "ot=th:c000",
            "ot=th:c;p:1",
            "",
            "ot=th:",
            "ot=th:0",
            "ot=th:C",
            "ot=th:000000000000000",
            "not=th:c",
            "ot=rv:00000000000001");
    for (String state : states) {
      all.add(span(all.size() + 1, state, SpanStatus.UNSET));
    }
    all.add(span(100, "ot=th:8", new SpanStatus(SpanStatus.Code.ERROR, "")));
    return all;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void countsASpanAsOftenAsItsSamplingSays(boolean asFields) throws InterruptedException {
    TagFields fields = asFields ? TagFields.everything() : TagFields.none();
    String prefix = "red-" + asFields;
    List<Span> spans = spans();
    SharedEngine.get().write(prefix, fields, spans);
    ServicePerformance performance =
        new ServicePerformance(
            SharedEngine.get().client(), List.of(prefix + "-jaeger-span-*"), fields);
    PerformanceQuery wanted =
        new PerformanceQuery(
            List.of("shop"),
            List.of(SpanKind.SERVER),
            PerformanceQuery.Grouping.SERVICE,
            new PerformanceQuery.Steps(END, STEP, STEP, WINDOW));

    double adjusted = spans.stream().mapToDouble(AdjustedCount::of).sum();
    assertEquals(4 * 4 + 7 + 2, adjusted);
    ServiceSeries calls = performance.callRates(wanted).getFirst();
    assertTrue(calls.points().size() >= 1);
    assertEquals(adjusted / (WINDOW / 1000.0), calls.points().getFirst().value(), 1e-9);
    ServiceSeries errors = performance.errorRates(wanted).getFirst();
    assertEquals(2 / adjusted, errors.points().getFirst().value(), 1e-9);
  }

  /// Twenty thousand calls, most of them fast, of which sampling keeps every failure and one in ten
  /// or one in two of the rest: the slow tail is among the failures, so that percentiles of what
  /// was kept are far too high.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void percentilesAreThoseOfAllSpansAndNotOfThoseKept(boolean asFields)
      throws InterruptedException {
    TagFields fields = asFields ? TagFields.everything() : TagFields.none();
    SplittableRandom random = Seed.random("percentiles");
    SpanLedger ledger = new SpanLedger();
    List<Span> kept = new ArrayList<>();
    SpanSink keeping = batch -> kept.addAll(batch.spans());
    List<SpanSink> shares =
        List.of(
            new ConsistentSampling(1, keeping, ledger),
            new ConsistentSampling(0.5, keeping, ledger),
            new ConsistentSampling(0.1, keeping, ledger));
    List<Double> all = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      boolean failed = random.nextInt(50) == 0;
      long micros = Math.round((failed ? 500_000 : 10_000) * Math.exp(random.nextGaussian() / 2));
      Span span = timed(random.nextLong(), i + 1, micros);
      all.add(micros / 1000.0);
      shares.get(failed ? 0 : 1 + random.nextInt(2)).take(new SpanBatch(List.of(span), 1));
    }
    String prefix = "percentiles-" + asFields;
    SharedEngine.get().write(prefix, fields, kept);
    ServicePerformance performance =
        new ServicePerformance(
            SharedEngine.get().client(), List.of(prefix + "-jaeger-span-*"), fields);
    PerformanceQuery wanted =
        new PerformanceQuery(
            List.of("shop"),
            List.of(SpanKind.SERVER),
            PerformanceQuery.Grouping.SERVICE,
            new PerformanceQuery.Steps(END, STEP, STEP, STEP));

    all.sort(null);
    List<Double> unweighted =
        kept.stream().map(span -> span.durationNanos() / 1e6).sorted().toList();
    for (double quantile : List.of(0.5, 0.75, 0.95, 0.99)) {
      double truth = all.get((int) (quantile * all.size()));
      double low = all.get((int) ((quantile - 0.01) * all.size()));
      double high = all.get((int) Math.min(all.size() - 1, (quantile + 0.006) * all.size()));
      double told =
          performance.latencies(wanted, quantile).getFirst().points().stream()
              .mapToDouble(ServiceSeries.Point::value)
              .filter(value -> !Double.isNaN(value))
              .findFirst()
              .orElseThrow();
      assertTrue(
          low <= told && told <= high,
          () ->
              quantile
                  + ": got "
                  + told
                  + ", want "
                  + truth
                  + "; of those kept "
                  + unweighted.get((int) (quantile * unweighted.size())));
    }
    assertTrue(unweighted.get((int) (0.95 * unweighted.size())) > 5 * all.get(19_000));
  }

  private static Span timed(long trace, long id, long micros) {
    Span like = span(id, "", SpanStatus.UNSET);
    return new Span(
        new TraceId(trace, trace * 0x9E3779B97F4A7C15L | 1),
        id,
        0,
        "",
        1,
        "op",
        SpanKind.SERVER,
        like.startNanos(),
        like.startNanos() + micros * 1000,
        SpanStatus.UNSET,
        like.attributes(),
        List.of(),
        List.of(),
        like.dropped(),
        like.resource(),
        like.scope());
  }
}
