package io.oriel.wire.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.trace.RandomSpans;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.testkit.Conformance;
import io.oriel.testkit.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OtlpTracesTest {
  private static byte[] example() throws IOException {
    return Files.readAllBytes(Conformance.require("traces/otlp-examples/trace.json"));
  }

  private static byte[] json(List<Span> spans) {
    JsonWriter json = new JsonWriter();
    OtlpTraces.writeJson(spans, json);
    return json.toBytes();
  }

  @Test
  void theSpecificationsExampleIsRead() throws IOException {
    Span span = OtlpTraces.readJson(example()).spans().getFirst();

    assertEquals("5b8efff798038103d269b633813fc60c", span.traceId().hex());
    assertEquals("eee19b7ec3c1b174", span.spanIdHex());
    assertEquals("eee19b7ec3c1b173", Span.hex(span.parentSpanId()));
    assertEquals(SpanKind.SERVER, span.kind());
    assertEquals("my.service", span.service());
    assertEquals("some value", span.attributes().text("my.span.attr"));
    assertEquals("some scope attribute", span.scope().attributes().text("my.scope.attribute"));
    assertEquals(1_000_000_000L, span.durationNanos());
  }

  @Test
  void upstreamsFixturesComeBackTheSameInBothEncodings() throws IOException {
    Path fixtures = Conformance.require("traces/jaeger/storage-integration/traces");
    try (Stream<Path> files = Files.list(fixtures)) {
      for (Path file : files.toList()) {
        List<Span> spans = OtlpTraces.readJson(Files.readAllBytes(file)).spans();

        assertTrue(!spans.isEmpty(), file::toString);
        assertEquals(spans, OtlpTraces.read(OtlpTraces.write(spans)).spans(), file::toString);
        assertEquals(spans, OtlpTraces.readJson(json(spans)).spans(), file::toString);
      }
    }
  }

  /// protobuf's own parser knows nothing of our reader.
  @Test
  void anySpanComesBackTheSame() throws InvalidProtocolBufferException {
    SplittableRandom random = Seed.random("otlp spans");
    for (int i = 0; i < Seed.iterations(300); i++) {
      List<Span> spans = new RandomSpans(random).spans(1 + random.nextInt(5));
      byte[] bytes = OtlpTraces.write(spans);

      assertEquals(spans, OtlpTraces.read(bytes).spans(), Seed.replay(i));
      assertEquals(spans, OtlpTraces.readJson(json(spans)).spans(), Seed.replay(i));
      assertEquals(spans.size(), OtlpTraces.count(ByteBuffer.wrap(bytes)), Seed.replay(i));
      ExportTraceServiceRequest parsed = ExportTraceServiceRequest.parseFrom(bytes);
      assertEquals(
          spans.size(),
          parsed.getResourceSpansList().stream()
              .flatMap(group -> group.getScopeSpansList().stream())
              .mapToInt(ScopeSpans::getSpansCount)
              .sum(),
          Seed.replay(i));
    }
  }

  @Test
  void spansOfABatchShareTheirResource() throws IOException {
    Span span = OtlpTraces.readJson(example()).spans().getFirst();

    List<Span> spans = OtlpTraces.read(OtlpTraces.write(List.of(span, span))).spans();

    assertSame(spans.get(0).resource(), spans.get(1).resource());
    assertSame(spans.get(0).scope(), spans.get(1).scope());
  }

  @Test
  void aSchemaThatFollowsItsSpansCountsForThem() {
    byte[] bytes =
        ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(
                ResourceSpans.newBuilder()
                    .setSchemaUrl("https://schemas/1")
                    .addScopeSpans(
                        ScopeSpans.newBuilder()
                            .setSchemaUrl("https://schemas/2")
                            .addSpans(proto())))
            .build()
            .toByteArray();

    Span span = OtlpTraces.read(bytes).spans().getFirst();

    assertEquals("https://schemas/1", span.resource().schemaUrl());
    assertEquals("https://schemas/2", span.scope().schemaUrl());
  }

  private static io.opentelemetry.proto.trace.v1.Span.Builder proto() {
    return io.opentelemetry.proto.trace.v1.Span.newBuilder()
        .setTraceId(ByteString.copyFrom(new byte[16]).substring(1).concat(one()))
        .setSpanId(ByteString.copyFrom(new byte[7]).concat(one()))
        .setName("op");
  }

  private static ByteString one() {
    return ByteString.copyFrom(new byte[] {1});
  }

  private static byte[] request(io.opentelemetry.proto.trace.v1.Span.Builder... spans) {
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    for (io.opentelemetry.proto.trace.v1.Span.Builder span : spans) {
      scope.addSpans(span);
    }
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
        .build()
        .toByteArray();
  }

  @Test
  void aSpanWithoutAnIdIsRejectedAloneAndNamed() {
    OtlpTraces.Decoded decoded =
        OtlpTraces.read(
            request(proto(), proto().setTraceId(one()), proto().clearSpanId(), proto()));

    assertEquals(2, decoded.spans().size());
    assertEquals(2, decoded.rejected());
    assertEquals("span 1 of the request: trace id: got 1 bytes, want 16", decoded.reason());
  }

  @Test
  void spansAreCountedWithoutBeingRead() {
    byte[] bytes = request(proto(), proto().setTraceId(one()), proto());

    assertEquals(3, OtlpTraces.count(ByteBuffer.wrap(bytes)));
    OrielException cutOff =
        assertThrows(
            OrielException.class,
            () -> OtlpTraces.count(ByteBuffer.wrap(bytes, 0, bytes.length - 1)));
    assertEquals(Kind.INVALID, cutOff.kind());
  }

  @Test
  void aValueNestedWithoutEndIsRefused() {
    AnyValue value = AnyValue.newBuilder().setStringValue("x").build();
    for (int i = 0; i < 70; i++) {
      value = AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder().addValues(value)).build();
    }
    byte[] bytes =
        request(proto().addAttributes(KeyValue.newBuilder().setKey("deep").setValue(value)));

    OrielException refused = assertThrows(OrielException.class, () -> OtlpTraces.read(bytes));

    assertEquals(Kind.INVALID, refused.kind());
    assertTrue(refused.reason().contains("nested deeper than 64"), refused::reason);
  }

  /// An empty attribute takes two bytes on the wire and some sixty in memory.
  @Test
  void aSmallRequestCannotUnfoldIntoMuch() {
    byte[] attributes = new byte[2 * (SpanBounds.MAX_ELEMENTS + 1)];
    for (int i = 0; i < attributes.length; i += 2) {
      attributes[i] = 74;
    }
    ByteString span = ByteString.copyFrom(attributes);
    byte[] request = nested(10, nested(18, nested(18, span))).toByteArray();

    OrielException refused = assertThrows(OrielException.class, () -> OtlpTraces.read(request));

    assertEquals(Kind.LIMITED, refused.kind());
    assertTrue(refused.reason().contains("elements of an OTLP request"), refused::reason);
  }

  private static ByteString nested(int tag, ByteString inner) {
    ByteString.Output out = ByteString.newOutput();
    out.write(tag);
    int rest = inner.size();
    for (; rest > 127; rest >>>= 7) {
      out.write(rest & 127 | 128);
    }
    out.write(rest);
    return out.toByteString().concat(inner);
  }

  @Test
  void survivesDamage() {
    SplittableRandom random = Seed.random("otlp damage");
    for (int i = 0; i < Seed.iterations(3000); i++) {
      byte[] bytes = OtlpTraces.write(new RandomSpans(random).spans(2));
      byte[] damaged = Damage.of(bytes, random);
      byte[] text = Damage.of(json(new RandomSpans(random).spans(1)), random);
      int iteration = i;

      onlyRefused(() -> OtlpTraces.read(damaged), iteration);
      onlyRefused(() -> OtlpTraces.readJson(text), iteration);
    }
  }

  private static void onlyRefused(Runnable reading, int iteration) {
    try {
      reading.run();
    } catch (OrielException e) {
      assertTrue(
          e.kind() == Kind.INVALID || e.kind() == Kind.LIMITED,
          () -> e + ", " + Seed.replay(iteration));
    }
  }

  @Test
  void answersSayWhatWasNotTaken() {
    assertEquals(0, OtlpTraces.response(0, "").length);
    assertEquals("{}", new String(OtlpTraces.responseJson(0, ""), StandardCharsets.UTF_8));
    assertEquals(
        "{\"partialSuccess\":{\"rejectedSpans\":\"2\",\"errorMessage\":\"why\"}}",
        new String(OtlpTraces.responseJson(2, "why"), StandardCharsets.UTF_8));
  }

  @Test
  void bytesOfAttributesAreBase64InJson() {
    Span span = OtlpTraces.read(request(proto())).spans().getFirst();
    Span withBytes =
        span.withAttributes(Attributes.of("b", AttributeValue.of(new byte[] {0, 0, 48, 57})));

    assertTrue(
        new String(json(List.of(withBytes)), StandardCharsets.UTF_8)
            .contains("\"bytesValue\":\"AAAwOQ==\""));
  }
}
