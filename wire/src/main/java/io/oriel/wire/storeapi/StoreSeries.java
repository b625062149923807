package io.oriel.wire.storeapi;

import io.oriel.model.labels.Labels;
import java.util.List;

/// One series, or a part of one: a store may send several with the same labels one after another.
///
/// @param chunks in any order
public record StoreSeries(Labels labels, List<AggrChunk> chunks) {
  public StoreSeries {
    chunks = List.copyOf(chunks);
  }
}
