package io.oriel.traces.assemble;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.wire.jaegerquery.JaegerParts;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdjustersTest {
  private static List<Span> adjusted(Duration max, Span... spans) {
    return new Adjusters(max).adjust(new Trace(Spans.TRACE, List.of(spans))).spans();
  }

  private static List<Span> adjusted(Span... spans) {
    return adjusted(Duration.ZERO, spans);
  }

  @Test
  void aServerThatSharesItsClientsIdBecomesItsChild() {
    List<Span> spans =
        adjusted(
            Spans.of(5, 0, "a", 0, 100, SpanKind.CLIENT),
            Spans.of(5, 0, "b", 10, 90, SpanKind.SERVER),
            Spans.of(6, 5, "b", 20, 80));

    assertEquals(List.of(5L, 1L, 6L), spans.stream().map(Span::spanId).toList());
    assertEquals(List.of(0L, 5L, 1L), spans.stream().map(Span::parentSpanId).toList());
  }

  @Test
  void aSpanThatWasSentTwiceIsThereOnceWhateverTheOrderOfItsAttributes() {
    Span span = Spans.of(1, 0, "a", 0, 10);
    Attributes ab = Attributes.builder().add("a", "1").add("b", "2").build();
    Attributes ba = Attributes.builder().add("b", "2").add("a", "1").build();

    assertEquals(1, adjusted(span.withAttributes(ab), span.withAttributes(ba)).size());
    assertEquals(2, adjusted(span.withAttributes(ab), span).size());
  }

  @Test
  void clocksAreCorrectedBetweenHostsOnlyAndAlongWithTheirChildren() {
    List<Span> spans =
        adjusted(
            Duration.ofMinutes(1),
            Spans.of(1, 0, "a", 1000, 1100),
            Spans.of(2, 1, "b", 2000, 2050),
            Spans.of(3, 2, "b", 2010, 2020),
            Spans.of(4, 1, "c", 900, 1090),
            Spans.of(5, 1, "a", 1200, 1210));

    assertEquals(
        List.of(1000L, 1025L, 1035L, 1000L, 1200L),
        spans.stream().map(span -> span.startNanos() / 1_000_000).toList());
    assertEquals(List.of(), JaegerParts.warnings(spans.getFirst()));
    assertTrue(JaegerParts.warnings(spans.get(1)).getFirst().contains("-975ms"));
  }

  @Test
  void aChildWithinItsParentStaysWhereItIs() {
    List<Span> spans =
        adjusted(Duration.ofMinutes(1), Spans.of(1, 0, "a", 0, 100), Spans.of(2, 1, "b", 90, 100));

    assertEquals(90_000_000, spans.get(1).startNanos());
  }

  @Test
  void offAndTooLargeCorrectionsAreWarningsAndNothingElse() {
    Span parent = Spans.of(1, 0, "a", 1000, 1100);
    Span child = Spans.of(2, 1, "b", 2000, 2050);

    for (Duration max : List.of(Duration.ZERO, Duration.ofMillis(974))) {
      List<Span> spans = adjusted(max, parent, child);
      assertEquals(2000_000_000, spans.get(1).startNanos());
      assertEquals(1, JaegerParts.warnings(spans.get(1)).size());
    }
  }

  @Test
  void missingParentsDoubledIdsAndRingsHarmNothing() {
    List<Span> spans =
        adjusted(
            Duration.ofSeconds(1),
            Spans.of(1, 9, "a", 0, 10),
            Spans.of(2, 3, "a", 0, 10),
            Spans.of(3, 2, "b", 0, 10),
            Spans.of(4, 4, "b", 0, 10),
            Spans.of(1, 9, "b", 5, 6));

    assertEquals(5, spans.size());
    assertTrue(JaegerParts.warnings(spans.getFirst()).getFirst().contains("not in the trace"));
    assertTrue(JaegerParts.warnings(spans.get(4)).toString().contains("not unique"));
  }

  @Test
  void addressesThatAreNumbersAreWrittenOut() {
    Span span =
        Spans.of(1, 0, "a", 0, 10)
            .withAttributes(
                Attributes.builder()
                    .add("ip", AttributeValue.of(0x01020304L))
                    .add("peer.ipv4", AttributeValue.of((long) (int) 0xfffefdfcL))
                    .add("port", AttributeValue.of(80L))
                    .build());

    Attributes about = adjusted(span).getFirst().attributes();

    assertEquals("1.2.3.4", about.text("ip"));
    assertEquals("255.254.253.252", about.text("peer.ipv4"));
    assertEquals(AttributeValue.of(80L), about.get("port").orElseThrow());
  }

  @Test
  void attributesOfLibrariesMoveToTheResourceUnlessTheyContradictIt() {
    Span span =
        Spans.of(1, 0, "a", 0, 10)
            .withAttributes(
                Attributes.builder()
                    .add("telemetry.sdk.name", "otel")
                    .add("telemetry.sdk.language", "java")
                    .build());
    Span other =
        span.withResource(
            span.resource()
                .withAttributes(
                    span.resource()
                        .attributes()
                        .with("telemetry.sdk.language", AttributeValue.of("go"))));

    Span moved = adjusted(span).getFirst();
    Span kept = adjusted(other).getFirst();

    assertEquals("java", moved.resource().attributes().text("telemetry.sdk.language"));
    assertTrue(moved.attributes().isEmpty());
    assertEquals("java", kept.attributes().text("telemetry.sdk.language"));
    assertEquals(1, JaegerParts.warnings(kept).size());
  }
}
