package io.oriel.traces.assemble;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CriticalPathTest {
  private static List<String> path(Span... spans) {
    return CriticalPath.of(new Trace(Spans.TRACE, List.of(spans))).stream()
        .map(
            each ->
                each.spanId()
                    + ":"
                    + each.startNanos() / 1_000_000
                    + "-"
                    + each.endNanos() / 1_000_000)
        .toList();
  }

  @Test
  void goesThroughTheChildThatFinishedLast() {
    assertEquals(
        List.of("1:80-100", "3:30-80", "1:25-30", "2:10-25", "1:0-10"),
        path(
            Spans.of(1, 0, "a", 0, 100),
            Spans.of(2, 1, "a", 10, 25),
            Spans.of(3, 1, "a", 30, 80),
            Spans.of(4, 1, "a", 20, 60)));
  }

  @Test
  void clipsChildrenThatOverflowAndLeavesOutWhatNobodyWaitsFor() {
    assertEquals(
        List.of("2:50-100", "1:0-50"),
        path(
            Spans.of(1, 0, "a", 0, 100),
            Spans.of(2, 1, "a", 50, 150),
            Spans.of(3, 1, "b", 20, 90, SpanKind.CONSUMER)));
  }

  /// Whatever the tree, the path covers the root from end to end, without gap or overlap.
  @Test
  void coversTheRoot() {
    SplittableRandom random = Seed.random("critical path");
    for (int round = 0; round < 200; round++) {
      List<Span> spans = new ArrayList<>();
      spans.add(Spans.of(1, 0, "a", 0, 1000));
      for (int id = 2; id < 60; id++) {
        long start = random.nextLong(1000);
        spans.add(
            Spans.of(id, 1 + random.nextInt(id - 1), "a", start, start + random.nextLong(500)));
      }
      long at = 1_000_000_000;
      for (CriticalPath.Section section : CriticalPath.of(new Trace(Spans.TRACE, spans))) {
        assertEquals(at, section.endNanos());
        at = section.startNanos();
      }
      assertEquals(0, at);
    }
  }

  @Test
  void aChainOfAHundredThousandNeedsNoStack() {
    List<Span> spans = new ArrayList<>();
    for (int id = 1; id <= 100_000; id++) {
      spans.add(Spans.of(id, id - 1, "a", id, 300_000 - id));
    }

    assertEquals(199_999, CriticalPath.of(new Trace(Spans.TRACE, spans)).size());
  }

  @Test
  void comparesTracesStepByStep() {
    Trace left =
        new Trace(Spans.TRACE, List.of(Spans.of(1, 0, "a", 0, 9), Spans.of(2, 1, "b", 1, 2)));
    Trace right =
        new Trace(
            Spans.TRACE,
            List.of(
                Spans.of(1, 0, "a", 0, 9), Spans.of(2, 1, "b", 1, 2), Spans.of(3, 2, "c", 1, 2)));

    assertEquals(
        List.of(
            new TraceComparison.Step("a", "op-1", -1, 1, 1),
            new TraceComparison.Step("b", "op-2", 0, 1, 1),
            new TraceComparison.Step("c", "op-3", 1, 0, 1)),
        TraceComparison.of(left, right));
  }
}
