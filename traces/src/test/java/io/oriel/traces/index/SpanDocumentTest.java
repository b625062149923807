package io.oriel.traces.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.trace.RandomSpans;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanEvent;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanLink;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import io.oriel.testkit.Conformance;
import io.oriel.testkit.Seed;
import io.oriel.wire.jaeger.JaegerTags;
import io.oriel.wire.jaegerquery.ValueText;
import io.oriel.wire.otlp.OtlpTraces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SpanDocumentTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final SpanEncoder encoder = new SpanEncoder(TagFields.none());
  private final SpanDecoder decoder = new SpanDecoder(TagFields.none());

  private static byte[] conformance(String name) throws IOException {
    return Files.readAllBytes(Conformance.require("traces/jaeger/" + name));
  }

  private static Span fixture() throws IOException {
    return OtlpTraces.readJson(conformance("es-docs-otel/otel_traces_01.json")).spans().getFirst();
  }

  @Test
  void writesTheDocumentThatJaegerWrites() throws IOException {
    JsonNode document = JSON.readTree(encoder.encode(fixture()));

    assertEquals(JSON.readTree(conformance("es-docs-otel/es_01.json")), document);
  }

  @Test
  void readsTheDocumentThatJaegerWrote() throws IOException {
    assertEquals(fixture(), decoder.decode(conformance("es-docs-otel/es_01.json")));
  }

  @Test
  void readsDocumentsOfOlderJaegers() throws IOException {
    Span span = decoder.decode(conformance("es-docs-core/es_01.json"));

    assertEquals(new TraceId(0, 1), span.traceId());
    assertEquals(3, span.parentSpanId());
    assertEquals(2, span.links().size());
    assertEquals(72.5, ((AttributeValue.Real) get(span, "temperature")).value());
    assertEquals(SpanStatus.Code.ERROR, span.status().code());
    assertEquals("y", span.events().get(1).attributes().text("x"));
    assertEquals("service-x", span.service());
  }

  private static AttributeValue get(Span span, String name) {
    return span.attributes().get(name).orElseThrow();
  }

  /// The recorded request was made by a real Jaeger for a span with ids of 64 bits, which it writes
  /// in sixteen digits when it got them from its own clients.
  @Test
  void makesTheIdThatJaegerMakes() throws IOException {
    JsonNode recorded = JSON.readTree(conformance("es-queries/write_span.json")).get("ndjson");
    Span span =
        new Span(
            new TraceId(0, 0x1234567890abcdefL),
            0xabcdef1234567890L,
            0,
            "",
            0,
            "test-operation",
            SpanKind.UNSPECIFIED,
            1_577_934_245_000_000_000L,
            1_577_934_245_001_000_000L,
            SpanStatus.UNSET,
            Attributes.empty(),
            List.of(),
            List.of(),
            Span.Dropped.NOTHING,
            Resource.of(Attributes.empty()),
            Scope.NONE);

    String document =
        new String(encoder.encode(span), StandardCharsets.UTF_8)
            .replace("0000000000000000123", "123")
            .replace(JaegerTags.NO_SERVICE, "test-service");

    assertEquals(recorded.get(1), JSON.readTree(document));
    String id = SpanEncoder.id(span, document.getBytes(StandardCharsets.UTF_8));
    assertEquals(recorded.get(0).at("/index/_id").asString(), id.substring(16));
  }

  @Test
  void theSameSpanHasTheSameIdAndAnotherNot() throws IOException {
    Span span = fixture();
    byte[] once = encoder.encode(span);
    byte[] again = new SpanEncoder(TagFields.none()).encode(span);
    Span other = span.withAttributes(Attributes.of("a", AttributeValue.of("b")));

    assertEquals(SpanEncoder.id(span, once), SpanEncoder.id(span, again));
    assertTrue(!SpanEncoder.id(span, once).equals(SpanEncoder.id(other, encoder.encode(other))));
  }

  /// What the schema keeps of a span comes back.
  @Test
  void anySpanComesBackAsFarAsTheSchemaGoes() {
    SplittableRandom random = Seed.random("documents");
    for (int i = 0; i < Seed.iterations(500); i++) {
      for (Span span : new RandomSpans(random).spans(3)) {
        Span kept = kept(span);

        assertEquals(kept, kept(decoder.decode(encoder.encode(span))), Seed.replay(i));
      }
    }
  }

  /// As the schema would have it: microseconds, lists as text, nothing about what was dropped.
  private static Span kept(Span span) {
    long start = span.startNanos() / 1000 * 1000;
    return new Span(
        span.traceId(),
        span.spanId(),
        span.parentSpanId(),
        span.traceState(),
        span.flags(),
        span.name(),
        span.kind(),
        start,
        start + span.durationNanos() / 1000 * 1000,
        span.status(),
        kept(span.attributes()),
        span.events().stream()
            .map(
                event ->
                    new SpanEvent(
                        event.timeNanos() / 1000 * 1000, event.name(), kept(event.attributes()), 0))
            .toList(),
        span.links().stream()
            .map(
                link ->
                    new SpanLink(
                        link.traceId(),
                        link.spanId(),
                        link.traceState(),
                        link.flags(),
                        kept(link.attributes()).without(JaegerTags.REF_TYPE),
                        0))
            .toList(),
        Span.Dropped.NOTHING,
        Resource.of(kept(span.resource().attributes())),
        span.scope().equals(Scope.NONE)
            ? Scope.NONE
            : new Scope(
                span.scope().name(),
                span.scope().version(),
                kept(span.scope().attributes()),
                0,
                ""));
  }

  private static Attributes kept(Attributes attributes) {
    Attributes.Builder kept = Attributes.builder();
    attributes.forEach(
        (name, value) ->
            kept.add(
                name,
                switch (value) {
                  case AttributeValue.ListOf _, AttributeValue.MapOf _ ->
                      AttributeValue.of(ValueText.of(value));
                  case AttributeValue.Absent _ -> AttributeValue.of("");
                  default -> value;
                }));
    return kept.build();
  }

  @Test
  void tagsBecomeFieldsWhenAskedTo() throws IOException {
    TagFields chosen = new TagFields(false, Set.of("peer.service", "sdk.version"), "@");
    byte[] document = new SpanEncoder(chosen).encode(fixture());
    JsonNode tree = JSON.readTree(document);

    assertEquals("service-y", tree.at("/tag/peer@service").asString());
    assertEquals("1.2.1", tree.at("/process/tag/sdk@version").asString());
    assertTrue(!tree.get("tags").toString().contains("peer.service"));
    Span read = new SpanDecoder(chosen).decode(document);
    assertEquals("service-y", read.attributes().text("peer.service"));
    assertEquals("1.2.1", read.resource().attributes().text("sdk.version"));
  }

  @Test
  void allTagsBecomeFieldsButBinaryOnes() throws IOException {
    byte[] document = new SpanEncoder(TagFields.everything()).encode(fixture());
    JsonNode tree = JSON.readTree(document);

    assertEquals(1, tree.get("tags").size());
    assertEquals("blob", tree.at("/tags/0/key").asString());
    assertTrue(tree.at("/tag/error").asBoolean());
    assertEquals("testing-library", tree.at("/tag/otel@scope@name").asString());
    Span read = new SpanDecoder(TagFields.everything()).decode(document);
    assertEquals(fixture().status(), read.status());
    assertEquals(fixture().scope(), read.scope());
  }

  @Test
  void flagsStayWithinTheMappingsInteger() throws IOException {
    Span span = OtlpTraces.readJson(conformance("es-docs-otel/otel_traces_01.json")).spans().get(0);
    Span hostile =
        new Span(
            span.traceId(),
            span.spanId(),
            0,
            "",
            -1,
            "x",
            SpanKind.CLIENT,
            0,
            0,
            span.status(),
            Attributes.empty(),
            List.of(),
            List.of(),
            span.dropped(),
            span.resource(),
            span.scope());

    assertEquals(Integer.MAX_VALUE, JSON.readTree(encoder.encode(hostile)).get("flags").asLong());
  }

  /// A span that comes from the journal or from another collector is the same document under the
  /// same id as one that came straight.
  @Test
  void aSpanThatWentThroughOtlpHasTheSameDocument() {
    int iterations = Seed.iterations(500);
    for (int i = 0; i < iterations; i++) {
      List<Span> spans = new RandomSpans(Seed.random("journal " + i)).spans(3);

      List<Span> again = OtlpTraces.read(OtlpTraces.write(spans)).spans();

      assertEquals(spans.size(), again.size(), Seed.replay(i));
      for (int k = 0; k < spans.size(); k++) {
        assertEquals(
            new String(encoder.encode(spans.get(k)), StandardCharsets.UTF_8),
            new String(encoder.encode(again.get(k)), StandardCharsets.UTF_8),
            Seed.replay(i));
      }
    }
  }

  @Test
  void whatIsNoSpanIsNamedCorrupt() {
    for (String text : List.of("", "[]", "{}", "{\"traceID\":\"xyz\"}", "{\"traceID\":\"1\"}")) {
      OrielException refused =
          assertThrows(
              OrielException.class, () -> decoder.decode(text.getBytes(StandardCharsets.UTF_8)));

      assertEquals(Kind.CORRUPT, refused.kind(), text);
    }
  }
}
