package io.oriel.runtime.trace;

import io.oriel.model.json.JsonWriter;
import java.util.List;

/// OTLP 1.x `ExportTraceServiceRequest` in its JSON form: ids in hexadecimal, times as text.
final class OtlpSpans {
  private static final int ERROR = 2;

  private OtlpSpans() {}

  static byte[] json(String service, List<Tracer.Finished> spans) {
    JsonWriter json = new JsonWriter(512 * spans.size());
    json.beginObject().name("resourceSpans").beginArray().beginObject();
    json.name("resource").beginObject().name("attributes").beginArray();
    attribute(json, "service.name", service);
    json.endArray().endObject();
    json.name("scopeSpans").beginArray().beginObject();
    json.name("scope").beginObject().name("name").string("io.oriel").endObject();
    json.name("spans").beginArray();
    spans.forEach(span -> span(json, span));
    return json.endArray().endObject().endArray().endObject().endArray().endObject().toBytes();
  }

  private static void span(JsonWriter json, Tracer.Finished finished) {
    ActiveSpan span = finished.span();
    SpanContext context = span.context();
    json.beginObject().name("traceId").string(context.traceHex());
    json.name("spanId").string(SpanContext.spanHex(context.span()));
    if (span.parent() != 0) {
      json.name("parentSpanId").string(SpanContext.spanHex(span.parent()));
    }
    if (!context.state().isEmpty()) {
      json.name("traceState").string(context.state());
    }
    json.name("flags").number(context.flags());
    json.name("name").string(span.name()).name("kind").number(span.kind().number());
    json.name("startTimeUnixNano").string(Long.toString(span.startNanos()));
    json.name("endTimeUnixNano").string(Long.toString(finished.endNanos()));
    json.name("attributes").beginArray();
    span.attributes().forEach(each -> attribute(json, each.key(), each.value()));
    json.endArray();
    if (!span.failure().isEmpty()) {
      json.name("status").beginObject().name("code").number(ERROR);
      json.name("message").string(span.failure()).endObject();
    }
    json.endObject();
  }

  private static void attribute(JsonWriter json, String key, String value) {
    json.beginObject().name("key").string(key).name("value").beginObject();
    json.name("stringValue").string(value).endObject().endObject();
  }
}
