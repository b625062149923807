package io.oriel.wire.jaeger;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanEvent;
import io.oriel.model.trace.SpanLink;
import io.oriel.model.trace.TraceId;
import java.util.ArrayList;
import java.util.List;

/// A span in Jaeger's words while it is read. Not thread-safe.
final class JaegerSpan {
  private static final String HOSTNAME = "hostname";
  private static final String HOST_NAME = "host.name";
  private static final String VERSION = "jaeger.version";
  private static final String EXPORTER = "opencensus.exporterversion";

  /// A reference to another span.
  record Reference(boolean childOf, TraceId traceId, long spanId) {}

  long traceHigh;
  long traceLow;
  long spanId;
  long parentId;
  String name = "";
  int flags;
  long startNanos;
  long durationNanos;
  Attributes tags = Attributes.empty();
  final List<Reference> references = new ArrayList<>();
  final List<SpanEvent> events = new ArrayList<>();

  /// Why it is none; empty when it is one.
  String mistake() {
    if (traceHigh == 0 && traceLow == 0) {
      return "no trace id";
    }
    return spanId == 0 ? "no span id" : "";
  }

  Span toSpan(Resource resource) {
    TraceId traceId = new TraceId(traceHigh, traceLow);
    long parent = parentId != 0 ? parentId : parent(traceId);
    JaegerTags told = new JaegerTags(tags);
    return new Span(
        traceId,
        spanId,
        parent,
        told.traceState(),
        flags,
        name,
        told.kind(),
        startNanos,
        startNanos + Math.max(0, durationNanos),
        told.status(),
        told.rest(),
        events,
        links(traceId, parent),
        Span.Dropped.NOTHING,
        resource,
        told.scope(Attributes.empty()));
  }

  private long parent(TraceId traceId) {
    return references.stream()
        .filter(reference -> reference.childOf && reference.traceId.equals(traceId))
        .mapToLong(Reference::spanId)
        .findFirst()
        .orElse(0);
  }

  private List<SpanLink> links(TraceId traceId, long parent) {
    List<SpanLink> links = new ArrayList<>();
    for (Reference reference : references) {
      boolean isParent =
          reference.childOf && reference.spanId == parent && reference.traceId.equals(traceId);
      if (!isParent && reference.traceId.isValid() && reference.spanId != 0) {
        links.add(
            new SpanLink(
                reference.traceId,
                reference.spanId,
                "",
                0,
                Attributes.of(
                    JaegerTags.REF_TYPE,
                    AttributeValue.of(
                        reference.childOf ? JaegerTags.CHILD_OF : JaegerTags.FOLLOWS_FROM)),
                0));
      }
    }
    return links;
  }

  /// A log: its field `event` is the event's name.
  static SpanEvent event(long nanos, Attributes fields) {
    String name = fields.text(JaegerTags.EVENT);
    return new SpanEvent(
        nanos, name, name.isEmpty() ? fields : fields.without(JaegerTags.EVENT), 0);
  }

  /// A process: upstream, too, gives two of its tags OpenTelemetry's names.
  static Resource resource(String service, Attributes tags) {
    Attributes.Builder about = Attributes.builder();
    if (!service.isEmpty() && !service.equals(JaegerTags.NO_SERVICE)) {
      about.add(JaegerTags.SERVICE_NAME, service);
    }
    boolean named = tags.get(HOST_NAME).isPresent();
    boolean exported = tags.get(EXPORTER).isPresent();
    tags.forEach(
        (key, value) -> {
          if (key.equals(HOSTNAME) && !named) {
            about.add(HOST_NAME, value);
          } else if (key.equals(VERSION) && !exported && value instanceof AttributeValue.Text t) {
            about.add(EXPORTER, "Jaeger-" + t.value());
          } else {
            about.add(key, value);
          }
        });
    return Resource.of(about.build());
  }
}
