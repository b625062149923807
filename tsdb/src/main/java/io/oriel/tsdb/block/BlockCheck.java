package io.oriel.tsdb.block;

import io.oriel.model.error.CorruptionException;
import io.oriel.model.labels.Labels;
import io.oriel.tsdb.index.ChunkMeta;
import java.util.ArrayList;
import java.util.List;

/// Reads a block from end to end and says what it found.
///
/// Upstream's own databases have written blocks whose chunks are out of order or lie outside of the
/// block, so these are counted rather than thrown; a checksum that is wrong is thrown.
///
/// @param series how many there are
/// @param chunks how many there are
/// @param outOfOrder chunks that begin before the chunk before them ends
/// @param outside chunks that do not overlap the block's range at all, or leave it
/// @param backwards chunks that end before they begin
/// @param unsorted series that do not sort behind the one before
/// @param minMillis time of the first sample, the largest number when there is none
/// @param maxMillis time of the last sample, the smallest number when there is none
/// @param largestChunk bytes
public record BlockCheck(
    long series,
    long chunks,
    long outOfOrder,
    long outside,
    long backwards,
    long unsorted,
    long minMillis,
    long maxMillis,
    int largestChunk) {
  /// How deep to look.
  public enum Depth {
    /** The index only. */
    INDEX,
    /** Every chunk's bytes too. */
    CHUNKS
  }

  /// Reads {@code block}, which stays open.
  ///
  /// @throws CorruptionException when bytes are not what was written
  public static BlockCheck of(Block block, Depth depth) {
    return new Walk(block, depth).run();
  }

  /// Whether readers can rely on it.
  public boolean isHealthy() {
    return outOfOrder == 0 && backwards == 0 && unsorted == 0 && outside == 0;
  }

  /// What is wrong, for people; empty when nothing is.
  public String problem() {
    if (isHealthy()) {
      return "";
    }
    return "%d of %d chunks out of order, %d outside of the block, %d backwards; %d series unsorted"
        .formatted(outOfOrder, chunks, outside, backwards, unsorted);
  }

  private static final class Walk {
    private final Block block;
    private final Depth depth;
    private final List<ChunkMeta> metas = new ArrayList<>();
    private long chunks;
    private long outOfOrder;
    private long outside;
    private long backwards;
    private long unsorted;
    private long min = Long.MAX_VALUE;
    private long max = Long.MIN_VALUE;
    private int largest;

    Walk(Block block, Depth depth) {
      this.block = block;
      this.depth = depth;
    }

    BlockCheck run() {
      int[] all = block.index().all();
      Labels last = Labels.empty();
      for (int i = 0; i < all.length; i++) {
        metas.clear();
        Labels labels = block.series(all[i], metas);
        if (i > 0 && labels.compareTo(last) <= 0) {
          unsorted++;
        }
        last = labels;
        metas.forEach(this::range);
        for (int k = 1; k < metas.size(); k++) {
          if (metas.get(k).minMillis() <= metas.get(k - 1).maxMillis()) {
            outOfOrder++;
          }
        }
        if (depth == Depth.CHUNKS) {
          for (ChunkMeta meta : metas) {
            largest = Math.max(largest, block.stored(meta).data().remaining());
          }
        }
        chunks += metas.size();
      }
      return new BlockCheck(
          all.length, chunks, outOfOrder, outside, backwards, unsorted, min, max, largest);
    }

    private void range(ChunkMeta chunk) {
      min = Math.min(min, chunk.minMillis());
      max = Math.max(max, chunk.maxMillis());
      if (chunk.maxMillis() < chunk.minMillis()) {
        backwards++;
      }
      BlockMeta meta = block.meta();
      if (chunk.minMillis() < meta.minMillis() || chunk.maxMillis() >= meta.maxMillis()) {
        outside++;
      }
    }
  }
}
