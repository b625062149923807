package io.oriel.wire.otlp;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Status;
import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanEvent;
import io.oriel.model.trace.SpanLink;
import io.oriel.model.trace.TraceId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Spans as messages of opentelemetry-proto 1.x.
final class SpanMessages {
  private SpanMessages() {}

  static ExportTraceServiceRequest request(List<Span> spans) {
    ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
    for (List<Span> ofResource : runs(spans, SpanMessages::sameResource)) {
      Resource resource = ofResource.getFirst().resource();
      ResourceSpans.Builder group = request.addResourceSpansBuilder();
      group.setSchemaUrl(resource.schemaUrl());
      io.opentelemetry.proto.resource.v1.Resource.Builder about = group.getResourceBuilder();
      about.setDroppedAttributesCount(resource.droppedAttributes());
      resource.attributes().forEach((name, value) -> about.addAttributes(pair(name, value)));
      for (List<Span> ofScope : runs(ofResource, SpanMessages::sameScope)) {
        ScopeSpans.Builder scoped = group.addScopeSpansBuilder();
        scope(ofScope.getFirst().scope(), scoped);
        ofScope.forEach(span -> scoped.addSpans(span(span)));
      }
    }
    return request.build();
  }

  /// Whether two neighbours belong together.
  interface Together {
    boolean test(Span a, Span b);
  }

  static boolean sameResource(Span a, Span b) {
    return a.resource().equals(b.resource());
  }

  static boolean sameScope(Span a, Span b) {
    return a.scope().equals(b.scope());
  }

  /// Cuts {@code spans} where neighbours do not belong together.
  static List<List<Span>> runs(List<Span> spans, Together together) {
    List<List<Span>> runs = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= spans.size(); i++) {
      if (i == spans.size() || !together.test(spans.get(from), spans.get(i))) {
        runs.add(spans.subList(from, i));
        from = i;
      }
    }
    return runs;
  }

  private static void scope(Scope scope, ScopeSpans.Builder into) {
    into.setSchemaUrl(scope.schemaUrl());
    if (!scope.equals(Scope.NONE)) {
      InstrumentationScope.Builder about = into.getScopeBuilder();
      about.setName(scope.name()).setVersion(scope.version());
      about.setDroppedAttributesCount(scope.droppedAttributes());
      scope.attributes().forEach((name, value) -> about.addAttributes(pair(name, value)));
    }
  }

  private static io.opentelemetry.proto.trace.v1.Span span(Span span) {
    io.opentelemetry.proto.trace.v1.Span.Builder into =
        io.opentelemetry.proto.trace.v1.Span.newBuilder()
            .setTraceId(bytes(span.traceId()))
            .setSpanId(bytes(span.spanId()))
            .setTraceState(span.traceState())
            .setFlags(span.flags())
            .setName(span.name())
            .setKindValue(span.kind().number())
            .setStartTimeUnixNano(span.startNanos())
            .setEndTimeUnixNano(span.endNanos())
            .setDroppedAttributesCount(span.dropped().attributes())
            .setDroppedEventsCount(span.dropped().events())
            .setDroppedLinksCount(span.dropped().links());
    if (!span.isRoot()) {
      into.setParentSpanId(bytes(span.parentSpanId()));
    }
    if (!span.status().equals(io.oriel.model.trace.SpanStatus.UNSET)) {
      into.setStatus(
          Status.newBuilder()
              .setCodeValue(span.status().code().ordinal())
              .setMessage(span.status().message()));
    }
    span.attributes().forEach((name, value) -> into.addAttributes(pair(name, value)));
    span.events().forEach(event -> into.addEvents(event(event)));
    span.links().forEach(link -> into.addLinks(link(link)));
    return into.build();
  }

  private static io.opentelemetry.proto.trace.v1.Span.Event event(SpanEvent event) {
    io.opentelemetry.proto.trace.v1.Span.Event.Builder into =
        io.opentelemetry.proto.trace.v1.Span.Event.newBuilder()
            .setTimeUnixNano(event.timeNanos())
            .setName(event.name())
            .setDroppedAttributesCount(event.droppedAttributes());
    event.attributes().forEach((name, value) -> into.addAttributes(pair(name, value)));
    return into.build();
  }

  private static io.opentelemetry.proto.trace.v1.Span.Link link(SpanLink link) {
    io.opentelemetry.proto.trace.v1.Span.Link.Builder into =
        io.opentelemetry.proto.trace.v1.Span.Link.newBuilder()
            .setTraceId(bytes(link.traceId()))
            .setSpanId(bytes(link.spanId()))
            .setTraceState(link.traceState())
            .setFlags(link.flags())
            .setDroppedAttributesCount(link.droppedAttributes());
    link.attributes().forEach((name, value) -> into.addAttributes(pair(name, value)));
    return into.build();
  }

  private static ByteString bytes(TraceId id) {
    ByteBuffer bytes = ByteBuffer.allocate(16).putLong(id.high()).putLong(id.low()).flip();
    return ByteString.copyFrom(bytes);
  }

  private static ByteString bytes(long id) {
    return ByteString.copyFrom(ByteBuffer.allocate(8).putLong(id).flip());
  }

  private static KeyValue pair(String name, AttributeValue value) {
    return KeyValue.newBuilder().setKey(name).setValue(value(value)).build();
  }

  private static AnyValue value(AttributeValue value) {
    AnyValue.Builder into = AnyValue.newBuilder();
    switch (value) {
      case AttributeValue.Text text -> into.setStringValue(text.value());
      case AttributeValue.Truth truth -> into.setBoolValue(truth.value());
      case AttributeValue.Whole whole -> into.setIntValue(whole.value());
      case AttributeValue.Real real -> into.setDoubleValue(real.value());
      case AttributeValue.Bytes bytes -> into.setBytesValue(ByteString.copyFrom(bytes.toArray()));
      case AttributeValue.ListOf list -> {
        ArrayValue.Builder items = into.getArrayValueBuilder();
        list.values().forEach(item -> items.addValues(value(item)));
      }
      case AttributeValue.MapOf map -> into.setKvlistValue(members(map.members()));
      case AttributeValue.Absent _ -> {
        // no value is set
      }
    }
    return into.build();
  }

  private static KeyValueList members(Attributes members) {
    KeyValueList.Builder list = KeyValueList.newBuilder();
    members.forEach((name, member) -> list.addValues(pair(name, member)));
    return list.build();
  }
}
