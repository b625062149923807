package io.oriel.traces.receive;

import io.oriel.model.trace.Span;
import java.util.List;

/// Sees every span that was taken, before sampling: for what is derived from all of them, as rates
/// and throughput are. Thread-safe, and quick.
@FunctionalInterface
public interface SpanTap {
  void see(List<Span> spans);
}
