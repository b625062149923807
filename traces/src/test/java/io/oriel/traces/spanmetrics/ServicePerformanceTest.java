package io.oriel.traces.spanmetrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import io.oriel.traces.assemble.Spans;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.query.SharedEngine;
import java.util.ArrayList;
import java.util.List;
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
}
