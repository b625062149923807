package io.oriel.traces.api;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanEvent;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanLink;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import io.oriel.wire.jaegerquery.JaegerParts;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Spans as Jaeger's own model has them in JSON: what upstream's fixtures are written in.
final class DomainSpans {
  private DomainSpans() {}

  /// One of them. Its kind and status stay among its tags, as there.
  static Span span(JsonNode from) {
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
        from.path("flags").asInt(0),
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
