package io.oriel.tsdb.head;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The chunks that were on disk when the head was opened, by series reference, until the log says
/// which series these are.
final class ChunksFound implements HeadChunkLoader.Visitor {
  private final long minValidMillis;
  private @Nullable ChunkRefs[] inOrder = new ChunkRefs[1024];
  private @Nullable ChunkRefs[] late = new ChunkRefs[16];
  private int highest;

  /// @param minValidMillis chunks that end before lie in blocks and are ignored, late ones excepted
  ChunksFound(long minValidMillis) {
    this.minValidMillis = minValidMillis;
  }

  @Override
  public void chunk(long series, long reference, long min, long max, boolean outOfOrder) {
    if (series > Integer.MAX_VALUE - 8) {
      return;
    }
    int at = (int) series;
    highest = Math.max(highest, at);
    if (outOfOrder) {
      late = put(late, at, reference, min, max);
    } else if (max >= minValidMillis) {
      ChunkRefs known = at < inOrder.length ? inOrder[at] : null;
      if (known == null || known.lastMax() < min) {
        inOrder = put(inOrder, at, reference, min, max);
      }
    }
  }

  private static @Nullable ChunkRefs[] put(
      @Nullable ChunkRefs[] all, int at, long reference, long min, long max) {
    @Nullable ChunkRefs[] wide = at < all.length ? all : Arrays.copyOf(all, at + (at >> 1) + 1);
    ChunkRefs known = wide[at];
    wide[at] = (known == null ? ChunkRefs.NONE : known).with(reference, min, max);
    return wide;
  }

  @Override
  public void forget() {
    Arrays.fill(inOrder, null);
    Arrays.fill(late, null);
  }

  int highestSeries() {
    return highest;
  }

  /// The chunks of a series that is named now; they are not given twice.
  ChunkRefs inOrder(long series) {
    return take(inOrder, series);
  }

  /// The chunks of a series with samples that came out of order; they are not given twice.
  ChunkRefs late(long series) {
    return take(late, series);
  }

  private static ChunkRefs take(@Nullable ChunkRefs[] all, long series) {
    if (series >= all.length) {
      return ChunkRefs.NONE;
    }
    ChunkRefs found = all[(int) series];
    all[(int) series] = null;
    return found == null ? ChunkRefs.NONE : found;
  }
}
