package io.oriel.model.series;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;

/// How a chunk's bytes are to be read; codes are those of Prometheus' TSDB and of remote read (not
/// of StoreAPI, which counts from zero).
public enum ChunkEncoding {
  XOR(1),
  HISTOGRAM(2),
  FLOAT_HISTOGRAM(3),
  XOR2(4),
  HISTOGRAM_START(5),
  FLOAT_HISTOGRAM_START(6);

  private final int code;

  ChunkEncoding(int code) {
    this.code = code;
  }

  /// The byte that names the encoding on disk.
  public int code() {
    return code;
  }

  /// The encoding with this code.
  ///
  /// @throws OrielException of kind CORRUPT when there is none
  public static ChunkEncoding ofCode(int code) {
    return switch (code) {
      case 1 -> XOR;
      case 2 -> HISTOGRAM;
      case 3 -> FLOAT_HISTOGRAM;
      case 4 -> XOR2;
      case 5 -> HISTOGRAM_START;
      case 6 -> FLOAT_HISTOGRAM_START;
      default ->
          throw new OrielException(Kind.CORRUPT, "chunk encoding: got " + code + ", want 1 to 6");
    };
  }
}
