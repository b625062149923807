package io.oriel.tsdb.head;

/// When chunks are full by time, and where full ones go.
///
/// @param blockMillis no chunk crosses a multiple of it
record Sealing(HeadChunkFiles files, long blockMillis) {
  /// Whether two samples must not share a chunk.
  boolean separates(long first, long time) {
    return Math.floorDiv(first, blockMillis) != Math.floorDiv(time, blockMillis);
  }
}
