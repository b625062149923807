package io.oriel.tsdb.head;

/// When chunks are full by time, and where full ones go.
///
/// @param blockMillis no chunk crosses a multiple of it
record Sealing(HeadChunkFiles files, long blockMillis) {
  /// The first time after {@code time} that must not share a chunk with it.
  long endOfBlock(long time) {
    return (Math.floorDiv(time, blockMillis) + 1) * blockMillis;
  }
}
