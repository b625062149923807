package io.oriel.wire.zipkin;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanEvent;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import io.oriel.wire.jaeger.JaegerTags;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A span of Zipkin's API v2 while it is read. Not thread-safe.
final class ZipkinSpan {
  private static final long NANOS_PER_MICRO = 1000;

  /// Something that happened.
  record Annotation(long micros, String value) {}

  TraceId traceId = new TraceId(0, 0);
  long id;
  long parentId;
  String name = "";
  SpanKind kind = SpanKind.UNSPECIFIED;
  long startMicros;
  long durationMicros;
  Endpoint local = Endpoint.UNKNOWN;
  Endpoint remote = Endpoint.UNKNOWN;
  final List<Annotation> annotations = new ArrayList<>();
  final Attributes.Builder tags = Attributes.builder();
  boolean debug;
  boolean shared;

  /// Spans of one request, those of one service sharing their resource.
  static ZipkinBatch batch(List<ZipkinSpan> read) {
    Map<String, Resource> resources = new HashMap<>();
    List<Span> spans = new ArrayList<>(read.size());
    int rejected = 0;
    String reason = "";
    for (int i = 0; i < read.size(); i++) {
      ZipkinSpan each = read.get(i);
      String mistake = !each.traceId.isValid() ? "no trace id" : each.id == 0 ? "no id" : "";
      if (mistake.isEmpty()) {
        spans.add(
            each.toSpan(resources.computeIfAbsent(each.local.service(), ZipkinSpan::resource)));
      } else if (rejected++ == 0) {
        reason = "span " + i + " of the list: " + mistake;
      }
    }
    spans.sort(Comparator.comparing(span -> span.resource().service()));
    return new ZipkinBatch(spans, rejected, reason);
  }

  private static Resource resource(String service) {
    return Resource.of(
        service.isEmpty()
            ? Attributes.empty()
            : Attributes.of(JaegerTags.SERVICE_NAME, AttributeValue.of(service)));
  }

  private Span toSpan(Resource resource) {
    Attributes said = tags.build();
    JaegerTags told = new JaegerTags(said);
    Attributes.Builder attributes = Attributes.builder();
    local.addTo(attributes, "host");
    if (!remote.service().isEmpty()) {
      attributes.add("peer.service", remote.service());
    }
    remote.addTo(attributes, "peer");
    attributes.addAll(told.rest());
    long start = start() * NANOS_PER_MICRO;
    return new Span(
        traceId,
        id,
        parentId,
        told.traceState(),
        debug ? 3 : 1,
        name,
        kind == SpanKind.UNSPECIFIED ? told.kind() : kind,
        start,
        start + Math.max(0, durationMicros) * NANOS_PER_MICRO,
        status(said, told),
        attributes.build(),
        events(),
        List.of(),
        Span.Dropped.NOTHING,
        resource,
        told.scope(Attributes.empty()));
  }

  /// A span without a time began with its first annotation.
  private long start() {
    return startMicros != 0
        ? startMicros
        : annotations.stream().mapToLong(Annotation::micros).min().orElse(0);
  }

  private List<SpanEvent> events() {
    return annotations.stream()
        .map(
            each ->
                new SpanEvent(each.micros() * NANOS_PER_MICRO, each.value(), Attributes.empty(), 0))
        .toList();
  }

  /// In Zipkin a span failed when it has a tag `error`, whatever it says, unless it says false.
  private static SpanStatus status(Attributes said, JaegerTags told) {
    if (told.status().code() != SpanStatus.Code.UNSET) {
      return told.status();
    }
    boolean failed =
        said.get(JaegerTags.ERROR).isPresent() && !said.text(JaegerTags.ERROR).equals("false");
    if (!failed) {
      return told.status();
    }
    String message = said.text(JaegerTags.ERROR);
    return new SpanStatus(SpanStatus.Code.ERROR, message.equals("true") ? "" : message);
  }
}
