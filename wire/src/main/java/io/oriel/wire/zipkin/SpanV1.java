package io.oriel.wire.zipkin;

import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.TraceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A span of Zipkin's API v1 while it is read: what its sides did is told by annotations of two
/// letters. Not thread-safe.
final class SpanV1 {
  record Annotation(long micros, String value, Endpoint host) {}

  /// @param address whether its value is true, as of `sa` and `ca`, whose endpoint counts
  record Tag(String key, String value, boolean address, Endpoint host) {}

  TraceId traceId = new TraceId(0, 0);
  long id;
  long parentId;
  String name = "";
  long startMicros;
  long durationMicros;
  boolean debug;
  final List<Annotation> annotations = new ArrayList<>();
  final List<Tag> tags = new ArrayList<>();

  /// As spans of API v2: one, or one for each side when both reported into it.
  List<ZipkinSpan> toV2() {
    Optional<Annotation> clientStart = find("cs");
    Optional<Annotation> clientEnd = find("cr");
    Optional<Annotation> serverStart = find("sr");
    Optional<Annotation> serverEnd = find("ss");
    List<ZipkinSpan> spans = new ArrayList<>(2);
    boolean client = clientStart.isPresent() || clientEnd.isPresent();
    boolean server = serverStart.isPresent() || serverEnd.isPresent();
    if (client) {
      spans.add(side(SpanKind.CLIENT, clientStart, clientEnd));
    }
    if (server) {
      ZipkinSpan span = side(SpanKind.SERVER, serverStart, serverEnd);
      span.shared = client;
      if (client) {
        span.startMicros = serverStart.map(Annotation::micros).orElse(0L);
        span.durationMicros = between(serverStart, serverEnd);
      }
      spans.add(span);
    }
    if (!client && !server) {
      boolean sends = find("ms").isPresent();
      boolean receives = find("mr").isPresent();
      SpanKind kind =
          sends ? SpanKind.PRODUCER : receives ? SpanKind.CONSUMER : SpanKind.UNSPECIFIED;
      spans.add(side(kind, find(sends ? "ms" : "mr"), Optional.empty()));
    }
    fill(spans);
    return spans;
  }

  private Optional<Annotation> find(String value) {
    return annotations.stream().filter(each -> each.value().equals(value)).findFirst();
  }

  private ZipkinSpan side(SpanKind kind, Optional<Annotation> start, Optional<Annotation> end) {
    ZipkinSpan span = new ZipkinSpan();
    span.traceId = traceId;
    span.id = id;
    span.parentId = parentId;
    span.name = name;
    span.kind = kind;
    span.debug = debug;
    span.startMicros = startMicros != 0 ? startMicros : start.map(Annotation::micros).orElse(0L);
    span.durationMicros = durationMicros != 0 ? durationMicros : between(start, end);
    span.local = start.or(() -> end).map(Annotation::host).orElse(anyHost());
    return span;
  }

  private static long between(Optional<Annotation> start, Optional<Annotation> end) {
    return start.isPresent() && end.isPresent()
        ? Math.max(0, end.get().micros() - start.get().micros())
        : 0;
  }

  private Endpoint anyHost() {
    for (Annotation each : annotations) {
      if (!each.host().service().isEmpty()) {
        return each.host();
      }
    }
    for (Tag each : tags) {
      if (!isAddress(each) && !each.host().service().isEmpty()) {
        return each.host();
      }
    }
    return Endpoint.UNKNOWN;
  }

  private static boolean isAddress(Tag tag) {
    return tag.address()
        && (tag.key().equals("sa") || tag.key().equals("ca") || tag.key().equals("ma"));
  }

  /// Gives annotations and tags to the side whose service told them, else to the first.
  private void fill(List<ZipkinSpan> spans) {
    for (Annotation each : annotations) {
      if (!each.value().matches("cs|cr|sr|ss|ms|mr")) {
        of(spans, each.host())
            .annotations
            .add(new ZipkinSpan.Annotation(each.micros(), each.value()));
      }
    }
    for (Tag each : tags) {
      if (isAddress(each)) {
        boolean ofServer = each.key().equals("ca");
        for (ZipkinSpan span : spans) {
          if (span.kind == SpanKind.SERVER == ofServer) {
            span.remote = each.host();
          }
        }
      } else if (each.key().equals("lc") && spans.getFirst().local.service().isEmpty()) {
        spans.getFirst().local = each.host();
      } else if (!each.key().equals("lc")) {
        of(spans, each.host()).tags.add(each.key(), each.value());
      }
    }
  }

  private static ZipkinSpan of(List<ZipkinSpan> spans, Endpoint host) {
    for (ZipkinSpan span : spans) {
      if (span.local.service().equals(host.service())) {
        return span;
      }
    }
    return spans.getFirst();
  }
}
