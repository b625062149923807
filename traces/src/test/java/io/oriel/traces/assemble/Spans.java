package io.oriel.traces.assemble;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import java.util.List;

/// Spans of one trace, short to write; times in milliseconds.
public final class Spans {
  public static final TraceId TRACE = new TraceId(0, 7);

  private Spans() {}

  public static Span of(long id, long parent, String service, long startMillis, long endMillis) {
    return of(id, parent, service, startMillis, endMillis, SpanKind.INTERNAL);
  }

  public static Span of(
      long id, long parent, String service, long startMillis, long endMillis, SpanKind kind) {
    return new Span(
        TRACE,
        id,
        parent,
        "",
        0,
        "op-" + id,
        kind,
        startMillis * 1_000_000,
        endMillis * 1_000_000,
        SpanStatus.UNSET,
        Attributes.empty(),
        List.of(),
        List.of(),
        Span.Dropped.NOTHING,
        Resource.of(
            Attributes.builder()
                .add("service.name", service)
                .add("host.name", AttributeValue.of("host-" + service))
                .build()),
        Scope.NONE);
  }

  /// The only span of a trace, of service `many`.
  public static Span ofTrace(TraceId trace, long startMillis) {
    return in(trace, of(1, 0, "many", startMillis, startMillis + 1), 1, 0);
  }

  /// The same in another trace.
  public static Span in(TraceId trace, Span like, long id, long parent) {
    return new Span(
        trace,
        id,
        parent,
        like.traceState(),
        like.flags(),
        like.name(),
        like.kind(),
        like.startNanos(),
        like.endNanos(),
        like.status(),
        like.attributes(),
        like.events(),
        like.links(),
        like.dropped(),
        like.resource(),
        like.scope());
  }
}
