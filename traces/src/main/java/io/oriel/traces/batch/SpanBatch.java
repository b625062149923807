package io.oriel.traces.batch;

import io.oriel.model.trace.Span;
import java.util.List;

/// Spans that came together.
///
/// @param bytes what they took on the wire, decompressed
public record SpanBatch(List<Span> spans, long bytes) {
  public SpanBatch {
    spans = List.copyOf(spans);
  }

  public int size() {
    return spans.size();
  }
}
