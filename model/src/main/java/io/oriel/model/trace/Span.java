package io.oriel.model.trace;

import io.oriel.model.attribute.Attributes;
import java.util.HexFormat;
import java.util.List;

/// One step of a trace.
///
/// @param spanId eight bytes, big-endian; zero is none
/// @param parentSpanId zero for a root
/// @param traceState W3C's, empty for none
/// @param flags W3C's in the lowest byte; bits 8 and 9 as OTLP's `SpanFlags`
/// @param startNanos Unix nanoseconds
/// @param endNanos Unix nanoseconds; before {@code startNanos} only when the sender's clock was set
public record Span(
    TraceId traceId,
    long spanId,
    long parentSpanId,
    String traceState,
    int flags,
    String name,
    SpanKind kind,
    long startNanos,
    long endNanos,
    SpanStatus status,
    Attributes attributes,
    List<SpanEvent> events,
    List<SpanLink> links,
    Dropped dropped,
    Resource resource,
    Scope scope) {
  /// How much the sender left out.
  public record Dropped(int attributes, int events, int links) {
    public static final Dropped NOTHING = new Dropped(0, 0, 0);
  }

  public Span {
    events = List.copyOf(events);
    links = List.copyOf(links);
  }

  /// How long it took; zero for one that ended before it started.
  public long durationNanos() {
    return Math.max(0, endNanos - startNanos);
  }

  public boolean isRoot() {
    return parentSpanId == 0;
  }

  /// Sixteen hex digits.
  public String spanIdHex() {
    return hex(spanId);
  }

  /// The name of the service that made it.
  public String service() {
    return resource.service();
  }

  /// Sixteen hex digits of a span's id.
  public static String hex(long spanId) {
    return HexFormat.of().toHexDigits(spanId);
  }

  /// The same from another resource.
  public Span withResource(Resource other) {
    return new Span(
        traceId,
        spanId,
        parentSpanId,
        traceState,
        flags,
        name,
        kind,
        startNanos,
        endNanos,
        status,
        attributes,
        events,
        links,
        dropped,
        other,
        scope);
  }

  /// The same by other instrumentation.
  public Span withScope(Scope other) {
    return new Span(
        traceId,
        spanId,
        parentSpanId,
        traceState,
        flags,
        name,
        kind,
        startNanos,
        endNanos,
        status,
        attributes,
        events,
        links,
        dropped,
        resource,
        other);
  }

  /// The same with other attributes.
  public Span withAttributes(Attributes others) {
    return new Span(
        traceId,
        spanId,
        parentSpanId,
        traceState,
        flags,
        name,
        kind,
        startNanos,
        endNanos,
        status,
        others,
        events,
        links,
        dropped,
        resource,
        scope);
  }

  /// The same span by other ids, in the same trace.
  public Span withIds(long id, long parent) {
    return new Span(
        traceId,
        id,
        parent,
        traceState,
        flags,
        name,
        kind,
        startNanos,
        endNanos,
        status,
        attributes,
        events,
        links,
        dropped,
        resource,
        scope);
  }

  /// The same with another W3C trace state.
  public Span withTraceState(String other) {
    return new Span(
        traceId,
        spanId,
        parentSpanId,
        other,
        flags,
        name,
        kind,
        startNanos,
        endNanos,
        status,
        attributes,
        events,
        links,
        dropped,
        resource,
        scope);
  }

  /// The same with other events and links.
  public Span withLists(List<SpanEvent> otherEvents, List<SpanLink> otherLinks) {
    return new Span(
        traceId,
        spanId,
        parentSpanId,
        traceState,
        flags,
        name,
        kind,
        startNanos,
        endNanos,
        status,
        attributes,
        otherEvents,
        otherLinks,
        dropped,
        resource,
        scope);
  }

  /// The same at another time, its events with it.
  public Span shifted(long nanos) {
    return new Span(
        traceId,
        spanId,
        parentSpanId,
        traceState,
        flags,
        name,
        kind,
        startNanos + nanos,
        endNanos + nanos,
        status,
        attributes,
        events.stream()
            .map(
                event ->
                    new SpanEvent(
                        event.timeNanos() + nanos,
                        event.name(),
                        event.attributes(),
                        event.droppedAttributes()))
            .toList(),
        links,
        dropped,
        resource,
        scope);
  }
}
