package io.oriel.wire.jaeger;

import io.oriel.model.trace.Span;
import java.util.List;

/// What a batch held.
///
/// @param rejected how many spans have no valid id and are not among {@code spans}
/// @param reason why, of the first of them; empty when there is none
public record JaegerBatch(List<Span> spans, int rejected, String reason) {
  public JaegerBatch {
    spans = List.copyOf(spans);
  }
}
