package io.oriel.traces.api;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanEvent;
import io.oriel.model.trace.TraceId;
import io.oriel.traces.assemble.Trace;
import io.oriel.wire.jaegerquery.JaegerParts;
import io.oriel.wire.jaegerquery.ValueText;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Traces as Jaeger's UI reads them: ids of eight bytes in sixteen digits, microseconds, bytes in
/// base64, and whole numbers that JavaScript cannot hold as text.
final class UiJson {
  private static final long JAVASCRIPT_LIMIT = (1L << 53) - 1;
  private static final long NANOS_PER_MICRO = 1000;

  private final JsonWriter json;

  UiJson(JsonWriter json) {
    this.json = json;
  }

  static String id(TraceId id) {
    return id.high() == 0 ? Span.hex(id.low()) : id.hex();
  }

  void trace(Trace trace, List<String> warnings) {
    Map<Resource, String> processes = new LinkedHashMap<>();
    json.beginObject().name("traceID").string(id(trace.id())).name("spans").beginArray();
    for (Span span : trace.spans()) {
      String process =
          processes.computeIfAbsent(span.resource(), _ -> "p" + (processes.size() + 1));
      span(span, process);
    }
    json.endArray().name("processes").beginObject();
    processes.forEach(
        (resource, process) -> {
          json.name(process).beginObject();
          json.name("serviceName").string(JaegerParts.service(resource)).name("tags");
          tags(JaegerParts.tags(resource));
          json.endObject();
        });
    json.endObject().name("warnings");
    warnings(warnings);
    json.endObject();
  }

  private void span(Span span, String process) {
    json.beginObject().name("traceID").string(id(span.traceId()));
    json.name("spanID").string(span.spanIdHex());
    if (span.flags() != 0) {
      json.name("flags").number(Integer.toUnsignedLong(span.flags()));
    }
    json.name("operationName").string(span.name()).name("references").beginArray();
    for (JaegerParts.Reference reference : JaegerParts.references(span)) {
      json.beginObject().name("refType").string(reference.childOf() ? "CHILD_OF" : "FOLLOWS_FROM");
      json.name("traceID").string(id(reference.traceId()));
      json.name("spanID").string(Span.hex(reference.spanId())).endObject();
    }
    json.endArray();
    json.name("startTime").number(span.startNanos() / NANOS_PER_MICRO);
    json.name("duration").number(span.durationNanos() / NANOS_PER_MICRO).name("tags");
    tags(JaegerParts.tags(span));
    json.name("logs").beginArray();
    for (SpanEvent event : span.events()) {
      json.beginObject().name("timestamp").number(event.timeNanos() / NANOS_PER_MICRO);
      json.name("fields");
      tags(JaegerParts.fields(event));
      json.endObject();
    }
    json.endArray().name("processID").string(process).name("warnings");
    warnings(JaegerParts.warnings(span));
    json.endObject();
  }

  private void warnings(List<String> warnings) {
    if (warnings.isEmpty()) {
      json.nothing();
      return;
    }
    json.beginArray();
    warnings.forEach(json::string);
    json.endArray();
  }

  private void tags(Attributes tags) {
    json.beginArray();
    tags.forEach(
        (name, value) -> {
          json.beginObject().name("key").string(name).name("type");
          value(value);
          json.endObject();
        });
    json.endArray();
  }

  private void value(AttributeValue value) {
    switch (value) {
      case AttributeValue.Text text -> json.string("string").name("value").string(text.value());
      case AttributeValue.Truth truth -> json.string("bool").name("value").bool(truth.value());
      case AttributeValue.Whole whole -> {
        json.string("int64").name("value");
        if (Math.abs(whole.value()) > JAVASCRIPT_LIMIT || whole.value() == Long.MIN_VALUE) {
          json.string(Long.toString(whole.value()));
        } else {
          json.number(whole.value());
        }
      }
      case AttributeValue.Real real -> {
        json.string("float64").name("value");
        if (Double.isFinite(real.value())) {
          json.number(real.value());
        } else {
          json.string(Double.toString(real.value()));
        }
      }
      case AttributeValue.Bytes bytes ->
          json.string("binary")
              .name("value")
              .string(Base64.getEncoder().encodeToString(bytes.toArray()));
      case AttributeValue.ListOf _, AttributeValue.MapOf _ ->
          json.string("string").name("value").string(ValueText.of(value));
      case AttributeValue.Absent _ -> json.string("string").name("value").string("");
    }
  }
}
