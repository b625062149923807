package io.oriel.traces.assemble;

import io.oriel.model.trace.Span;
import io.oriel.model.trace.TraceId;
import java.util.List;

/// The spans of one trace.
public record Trace(TraceId id, List<Span> spans) {
  public Trace {
    spans = List.copyOf(spans);
  }
}
