package io.oriel.federation.store;

import io.oriel.model.series.ChunkEncoding;

/// Which chunk encodings StoreAPI can carry.
public final class ChunkNumbers {
  private ChunkNumbers() {}

  /// Whether it has a number there.
  public static boolean has(ChunkEncoding encoding) {
    return switch (encoding) {
      case XOR, HISTOGRAM, FLOAT_HISTOGRAM -> true;
      case XOR2, HISTOGRAM_START, FLOAT_HISTOGRAM_START -> false;
    };
  }
}
