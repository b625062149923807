package io.oriel.traces.assemble;

import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Zipkin's clients and servers share one id; here the server gets another and becomes the client's
/// child, and the children of both become the server's.
final class SharedIds {
  private SharedIds() {}

  static List<Span> apart(List<Span> spans) {
    Set<Long> clients = new HashSet<>();
    Set<Long> used = new HashSet<>();
    for (Span span : spans) {
      used.add(span.spanId());
      if (span.kind() == SpanKind.CLIENT) {
        clients.add(span.spanId());
      }
    }
    Map<Long, Long> fresh = new HashMap<>();
    long next = 1;
    for (Span span : spans) {
      if (span.kind() == SpanKind.SERVER
          && clients.contains(span.spanId())
          && !fresh.containsKey(span.spanId())) {
        while (!used.add(next)) {
          next++;
        }
        fresh.put(span.spanId(), next);
      }
    }
    return fresh.isEmpty() ? spans : renamed(spans, fresh);
  }

  private static List<Span> renamed(List<Span> spans, Map<Long, Long> fresh) {
    List<Span> renamed = new ArrayList<>(spans.size());
    for (Span span : spans) {
      Long own = span.kind() == SpanKind.SERVER ? fresh.get(span.spanId()) : null;
      Long parent = fresh.get(span.parentSpanId());
      if (own != null) {
        renamed.add(span.withIds(own, span.spanId()));
      } else {
        renamed.add(parent == null ? span : span.withIds(span.spanId(), parent));
      }
    }
    return renamed;
  }
}
