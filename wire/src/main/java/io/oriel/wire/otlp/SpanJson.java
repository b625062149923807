package io.oriel.wire.otlp;

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
import java.util.Base64;
import java.util.List;

/// Spans in OTLP's JSON: ids in hex, enums as numbers, 64-bit numbers as text, nothing that is
/// empty or zero.
final class SpanJson {
  private final JsonWriter json;

  private SpanJson(JsonWriter json) {
    this.json = json;
  }

  static void write(List<Span> spans, JsonWriter json) {
    new SpanJson(json).request(spans);
  }

  static void writeResources(List<Span> spans, JsonWriter json) {
    new SpanJson(json).resources(spans);
  }

  private void request(List<Span> spans) {
    json.beginObject().name("resourceSpans").beginArray();
    resources(spans);
    json.endArray().endObject();
  }

  private void resources(List<Span> spans) {
    for (List<Span> ofResource : SpanMessages.runs(spans, SpanMessages::sameResource)) {
      Resource resource = ofResource.getFirst().resource();
      json.beginObject().name("resource").beginObject();
      attributes(resource.attributes());
      number("droppedAttributesCount", resource.droppedAttributes());
      json.endObject().name("scopeSpans").beginArray();
      for (List<Span> ofScope : SpanMessages.runs(ofResource, SpanMessages::sameScope)) {
        Scope scope = ofScope.getFirst().scope();
        json.beginObject().name("scope").beginObject();
        text("name", scope.name());
        text("version", scope.version());
        attributes(scope.attributes());
        number("droppedAttributesCount", scope.droppedAttributes());
        json.endObject().name("spans").beginArray();
        ofScope.forEach(this::span);
        json.endArray();
        text("schemaUrl", scope.schemaUrl());
        json.endObject();
      }
      json.endArray();
      text("schemaUrl", resource.schemaUrl());
      json.endObject();
    }
  }

  private void span(Span span) {
    json.beginObject();
    json.name("traceId").string(span.traceId().hex());
    json.name("spanId").string(span.spanIdHex());
    text("traceState", span.traceState());
    if (!span.isRoot()) {
      json.name("parentSpanId").string(Span.hex(span.parentSpanId()));
    }
    number("flags", span.flags());
    text("name", span.name());
    if (span.kind() != SpanKind.UNSPECIFIED) {
      json.name("kind").number(span.kind().number());
    }
    time("startTimeUnixNano", span.startNanos());
    time("endTimeUnixNano", span.endNanos());
    attributes(span.attributes());
    number("droppedAttributesCount", span.dropped().attributes());
    if (!span.events().isEmpty()) {
      json.name("events").beginArray();
      span.events().forEach(this::event);
      json.endArray();
    }
    number("droppedEventsCount", span.dropped().events());
    if (!span.links().isEmpty()) {
      json.name("links").beginArray();
      span.links().forEach(this::link);
      json.endArray();
    }
    number("droppedLinksCount", span.dropped().links());
    status(span.status());
    json.endObject();
  }

  private void status(SpanStatus status) {
    json.name("status").beginObject();
    text("message", status.message());
    if (status.code() != SpanStatus.Code.UNSET) {
      json.name("code").number(status.code().ordinal());
    }
    json.endObject();
  }

  private void event(SpanEvent event) {
    json.beginObject();
    time("timeUnixNano", event.timeNanos());
    text("name", event.name());
    attributes(event.attributes());
    number("droppedAttributesCount", event.droppedAttributes());
    json.endObject();
  }

  private void link(SpanLink link) {
    json.beginObject();
    json.name("traceId").string(link.traceId().hex());
    json.name("spanId").string(Span.hex(link.spanId()));
    text("traceState", link.traceState());
    attributes(link.attributes());
    number("droppedAttributesCount", link.droppedAttributes());
    number("flags", link.flags());
    json.endObject();
  }

  private void text(String name, String value) {
    if (!value.isEmpty()) {
      json.name(name).string(value);
    }
  }

  private void time(String name, long nanos) {
    if (nanos != 0) {
      json.name(name).string(Long.toUnsignedString(nanos));
    }
  }

  private void number(String name, int value) {
    if (value != 0) {
      json.name(name).number(Integer.toUnsignedLong(value));
    }
  }

  private void attributes(Attributes attributes) {
    if (!attributes.isEmpty()) {
      json.name("attributes");
      pairs(attributes);
    }
  }

  private void pairs(Attributes attributes) {
    json.beginArray();
    attributes.forEach(
        (name, value) -> {
          json.beginObject().name("key").string(name).name("value");
          value(value);
          json.endObject();
        });
    json.endArray();
  }

  private void value(AttributeValue value) {
    json.beginObject();
    switch (value) {
      case AttributeValue.Text text -> json.name("stringValue").string(text.value());
      case AttributeValue.Truth truth -> json.name("boolValue").bool(truth.value());
      case AttributeValue.Whole whole -> json.name("intValue").string(Long.toString(whole.value()));
      case AttributeValue.Real real -> {
        json.name("doubleValue");
        if (Double.isFinite(real.value())) {
          json.number(real.value());
        } else {
          json.string(Double.toString(real.value()));
        }
      }
      case AttributeValue.Bytes bytes ->
          json.name("bytesValue").string(Base64.getEncoder().encodeToString(bytes.toArray()));
      case AttributeValue.ListOf list -> {
        json.name("arrayValue").beginObject().name("values").beginArray();
        list.values().forEach(this::value);
        json.endArray().endObject();
      }
      case AttributeValue.MapOf map -> {
        json.name("kvlistValue").beginObject().name("values");
        pairs(map.members());
        json.endObject();
      }
      case AttributeValue.Absent _ -> {
        // an empty object
      }
    }
    json.endObject();
  }
}
