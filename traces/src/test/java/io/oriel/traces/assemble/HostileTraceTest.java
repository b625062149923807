package io.oriel.traces.assemble;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.trace.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Traces of 100,000 spans in shapes that no tracer makes: nothing recurses, nothing is compared
/// with everything, no span is lost.
class HostileTraceTest {
  private static final int SPANS = 100_000;

  /// A shape by what its span number i, from 1, is.
  record Shape(String name, IntFunction<Span> span) {
    Trace trace() {
      List<Span> spans = new ArrayList<>(SPANS);
      for (int i = 1; i <= SPANS; i++) {
        spans.add(span.apply(i));
      }
      return new Trace(Spans.TRACE, spans);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Span span(long id, long parent, int i) {
    return Spans.of(id, parent, "s" + i % 3, 1000 + i % 10, 2000 - i % 7);
  }

  static Stream<Shape> shapes() {
    return Stream.of(
        new Shape("one parent", i -> span(i, i == 1 ? 0 : 1, i)),
        new Shape("a chain", i -> span(i, i - 1L, i)),
        new Shape("a chain told backwards", i -> span(SPANS + 1L - i, SPANS - (long) i, i)),
        new Shape("one ring", i -> span(i, i == 1 ? SPANS : i - 1L, i)),
        new Shape("a ring beside a root", i -> span(i, i == 1 ? 0 : i == 2 ? SPANS : i - 1L, i)),
        new Shape("rings of two", i -> span(i, i % 2 == 0 ? i - 1L : i + 1L, i)),
        new Shape("each its own parent", i -> span(i, i, i)),
        new Shape("orphans", i -> span(i, i + 1_000_000L, i)),
        new Shape("roots", i -> span(i, 0, i)),
        new Shape("ids of which hashes collide", i -> span((long) i << 32 | i, 1L << 32 | 1, i)),
        new Shape("one id", i -> Spans.of(7, i % 2 == 0 ? 7 : 0, "s" + i, 1000 + i, 900)),
        new Shape(
            "times at the ends of time",
            i ->
                Spans.of(
                    i,
                    i / 2,
                    "s" + i % 3,
                    i % 2 == 0 ? 0 : Long.MAX_VALUE / 1_000_000,
                    i % 3 == 0 ? 0 : Long.MAX_VALUE / 1_000_000)));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void areAdjustedAndSummedUpWhole(Shape shape) {
    Trace trace = shape.trace();

    Trace adjusted = new Adjusters(Duration.ofMinutes(1)).adjust(trace);
    SummaryCollector summary = new SummaryCollector(trace.id());
    trace.spans().forEach(summary::add);

    assertEquals(SPANS, adjusted.spans().size());
    assertEquals(SPANS, summary.summary().counts().spans());
    assertTrue(CriticalPath.of(adjusted).size() <= 2 * SPANS);
    assertEquals(
        2 * SPANS,
        TraceComparison.of(adjusted, adjusted).stream()
            .mapToInt(step -> step.left() + step.right())
            .sum());
  }
}
