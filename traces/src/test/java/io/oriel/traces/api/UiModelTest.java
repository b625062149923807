package io.oriel.traces.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanEvent;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanLink;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import io.oriel.testkit.Conformance;
import io.oriel.traces.assemble.Trace;
import io.oriel.wire.jaegerquery.JaegerParts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/// Upstream's trace in its own model, and what the UI gets of it. The order of references is not
/// kept: OTLP tells the parent apart from the links.
class UiModelTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Test
  void writesWhatUpstreamWrites() throws Exception {
    JsonNode domain = read("domain_01.json");
    List<Span> spans = new ArrayList<>();
    domain.path("spans").forEach(span -> spans.add(span(span)));
    List<String> warnings = new ArrayList<>();
    domain.path("warnings").forEach(warning -> warnings.add(warning.asString()));
    JsonWriter json = new JsonWriter();
    new UiJson(json).trace(new Trace(spans.getFirst().traceId(), spans), warnings);

    assertEquals(sorted(read("ui_01.json")), sorted(JSON.readTree(json.toBytes())));
  }

  private static JsonNode read(String name) throws IOException {
    return JSON.readTree(Files.readString(Conformance.require("traces/jaeger/ui-model/" + name)));
  }

  private static JsonNode sorted(JsonNode trace) {
    for (JsonNode span : trace.path("spans")) {
      ArrayNode references = (ArrayNode) span.path("references");
      List<JsonNode> all = new ArrayList<>();
      references.forEach(all::add);
      all.sort(Comparator.comparing(JsonNode::toString));
      references.removeAll().addAll(all);
    }
    return trace;
  }

  private static Span span(JsonNode from) {
    TraceId traceId = traceId(from);
    long parent = 0;
    List<SpanLink> links = new ArrayList<>();
    for (JsonNode reference : from.path("references")) {
      boolean childOf = reference.path("refType").asString().equals("CHILD_OF");
      if (childOf && parent == 0 && traceId(reference).equals(traceId)) {
        parent = spanId(reference);
      } else {
        links.add(
            new SpanLink(
                traceId(reference),
                spanId(reference),
                "",
                0,
                Attributes.of(
                    "opentracing.ref_type",
                    AttributeValue.of(childOf ? "child_of" : "follows_from")),
                0));
      }
    }
    List<SpanEvent> events = new ArrayList<>();
    for (JsonNode log : from.path("logs")) {
      events.add(new SpanEvent(nanos(log.path("timestamp")), "", tags(log.path("fields")), 0));
    }
    long start = nanos(from.path("startTime"));
    JsonNode process = from.path("process");
    return new Span(
        traceId,
        spanId(from),
        parent,
        "",
        0,
        from.path("operationName").asString(),
        SpanKind.UNSPECIFIED,
        start,
        start + Long.parseLong(from.path("duration").asString().replace("ns", "")),
        SpanStatus.UNSET,
        warned(tags(from.path("tags")), from.path("warnings")),
        events,
        links,
        Span.Dropped.NOTHING,
        Resource.of(
            Attributes.builder()
                .add("service.name", process.path("serviceName").asString())
                .addAll(tags(process.path("tags")))
                .build()),
        Scope.NONE);
  }

  private static Attributes warned(Attributes tags, JsonNode warnings) {
    List<AttributeValue> texts = new ArrayList<>();
    warnings.forEach(warning -> texts.add(AttributeValue.of(warning.asString())));
    return texts.isEmpty()
        ? tags
        : tags.with(JaegerParts.WARNINGS, new AttributeValue.ListOf(texts));
  }

  private static TraceId traceId(JsonNode node) {
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(node.path("traceId").asString()));
    return new TraceId(bytes.getLong(), bytes.getLong());
  }

  private static long spanId(JsonNode node) {
    return ByteBuffer.wrap(Base64.getDecoder().decode(node.path("spanId").asString())).getLong();
  }

  private static long nanos(JsonNode time) {
    return ChronoUnit.NANOS.between(
        Instant.EPOCH, OffsetDateTime.parse(time.asString()).toInstant());
  }

  private static Attributes tags(JsonNode list) {
    Attributes.Builder tags = Attributes.builder();
    for (JsonNode tag : list) {
      tags.add(
          tag.path("key").asString(),
          switch (tag.path("vType").asString("STRING")) {
            case "BOOL" -> AttributeValue.of(tag.path("vBool").asBoolean());
            case "INT64" -> AttributeValue.of(tag.path("vInt64").asLong());
            case "FLOAT64" -> AttributeValue.of(tag.path("vFloat64").asDouble());
            case "BINARY" ->
                AttributeValue.of(Base64.getDecoder().decode(tag.path("vBinary").asString()));
            default -> AttributeValue.of(tag.path("vStr").asString(""));
          });
    }
    return tags.build();
  }
}
