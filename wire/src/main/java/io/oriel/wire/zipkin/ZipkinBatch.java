package io.oriel.wire.zipkin;

import io.oriel.model.trace.Span;
import java.util.List;

/// What a request held.
///
/// @param rejected how many spans have no valid id and are not among {@code spans}
/// @param reason why, of the first of them; empty when there is none
public record ZipkinBatch(List<Span> spans, int rejected, String reason) {
  public ZipkinBatch {
    spans = List.copyOf(spans);
  }
}
