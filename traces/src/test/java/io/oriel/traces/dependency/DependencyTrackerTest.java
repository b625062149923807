package io.oriel.traces.dependency;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.traces.assemble.Spans;
import java.util.List;
import org.junit.jupiter.api.Test;

class DependencyTrackerTest {
  private final DependencyTracker tracker = new DependencyTracker(1000);

  private List<DependencyLink> counted(Span... spans) {
    List.of(spans).forEach(tracker::add);
    return tracker.drain();
  }

  private static Span sampled(Span span, String state) {
    return new Span(
        span.traceId(),
        span.spanId(),
        span.parentSpanId(),
        state,
        span.flags(),
        span.name(),
        span.kind(),
        span.startNanos(),
        span.endNanos(),
        span.status(),
        span.attributes(),
        span.events(),
        span.links(),
        span.dropped(),
        span.resource(),
        span.scope());
  }

  @Test
  void countsCallsWhicheverSpanComesFirst() {
    Span parent = Spans.of(1, 0, "a", 0, 10);
    Span child = Spans.of(2, 1, "b", 0, 10);

    assertEquals(List.of(new DependencyLink("a", "b", 1)), counted(parent, child));
    assertEquals(
        List.of(new DependencyLink("b", "c", 1)),
        counted(Spans.of(4, 3, "c", 0, 10), Spans.of(3, 0, "b", 0, 10)));
    assertEquals(List.of(), tracker.drain());
  }

  @Test
  void clientAndServerOfOneIdAreOneCall() {
    assertEquals(
        List.of(new DependencyLink("a", "b", 1), new DependencyLink("b", "b", 1)),
        counted(
            Spans.of(1, 0, "a", 0, 10, SpanKind.CLIENT),
            Spans.of(1, 0, "b", 1, 9, SpanKind.SERVER),
            Spans.of(2, 0, "b", 1, 9),
            Spans.of(3, 2, "b", 1, 9)));
  }

  @Test
  void aNamedPeerIsCalledWhenNobodyElseWas() {
    Span lonely = Spans.of(1, 0, "a", 0, 10, SpanKind.CLIENT);
    tracker.add(
        lonely.withAttributes(
            lonely.attributes().with("peer.service", AttributeValue.of("mysql"))));
    tracker.forgetAll();

    assertEquals(List.of(new DependencyLink("a", "mysql", 1)), tracker.drain());
  }

  @Test
  void aSampledSpanCountsForThoseItStandsFor() {
    Span child = sampled(Spans.of(2, 1, "b", 0, 10), "ot=th:c");

    assertEquals(
        List.of(new DependencyLink("a", "b", 4)), counted(Spans.of(1, 0, "a", 0, 10), child));
  }

  @Test
  void memoryIsBoundedAndWhatIsForgottenIsCounted() {
    DependencyTracker small = new DependencyTracker(10);
    for (int id = 1; id <= 1000; id++) {
      small.add(Spans.of(id, 100_000 + id, "a", 0, 1));
    }

    assertEquals(10, small.remembered());
    assertEquals(List.of(), small.drain());
    assertEquals(995, small.unmatched());
  }

  @Test
  void callsToNamedPeersAreToldWhenTheSpanIsOld() {
    Span client = Spans.of(1, 0, "a", 0, 10, SpanKind.CLIENT);
    tracker.add(
        new Span(
            client.traceId(),
            client.spanId(),
            client.parentSpanId(),
            "",
            0,
            client.name(),
            client.kind(),
            client.startNanos(),
            client.endNanos(),
            client.status(),
            Attributes.of("peer.service", AttributeValue.of("database")),
            List.of(),
            List.of(),
            Span.Dropped.NOTHING,
            client.resource(),
            client.scope()));

    tracker.grow(2);
    assertEquals(List.of(), tracker.drain());
    tracker.add(Spans.of(2, 99, "b", 0, 1));
    tracker.grow(2);

    assertEquals(List.of(new DependencyLink("a", "database", 1)), tracker.drain());
    assertEquals(2, tracker.remembered(), "the later span, and the parent it waits for");
    assertEquals(0, tracker.unmatched());
    tracker.grow(2);
    assertEquals(0, tracker.remembered());
    assertEquals(1, tracker.unmatched());
  }
}
