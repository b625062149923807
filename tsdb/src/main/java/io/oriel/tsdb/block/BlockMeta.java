package io.oriel.tsdb.block;

import java.util.List;

/// What `meta.json` says of a block.
///
/// @param minMillis time of the first sample it may hold, inclusive
/// @param maxMillis end of its range, exclusive
/// @param level how often its samples were compacted, from 1
/// @param sources the level-1 blocks it goes back to
/// @param parents the blocks it was directly made of
/// @param hints how it came to be, `from-out-of-order`
public record BlockMeta(
    Ulid ulid,
    long minMillis,
    long maxMillis,
    Stats stats,
    int level,
    List<Ulid> sources,
    List<Parent> parents,
    boolean deletable,
    boolean failed,
    List<String> hints) {
  /** The hint of blocks with samples that came out of order. */
  public static final String FROM_OUT_OF_ORDER = "from-out-of-order";

  /// What is in a block.
  public record Stats(
      long samples,
      long floatSamples,
      long histogramSamples,
      long series,
      long chunks,
      long tombstones) {
    public static Stats empty() {
      return new Stats(0, 0, 0, 0, 0, 0);
    }
  }

  /// A block that this one was made of.
  public record Parent(Ulid ulid, long minMillis, long maxMillis) {}

  public BlockMeta {
    sources = List.copyOf(sources);
    parents = List.copyOf(parents);
    hints = List.copyOf(hints);
  }

  /// What a new block says of itself that was not merged of others.
  public static BlockMeta fresh(Ulid ulid, long minMillis, long maxMillis, List<String> hints) {
    return new BlockMeta(
        ulid,
        minMillis,
        maxMillis,
        Stats.empty(),
        1,
        List.of(ulid),
        List.of(),
        false,
        false,
        hints);
  }

  public boolean overlaps(long min, long max) {
    return minMillis <= max && maxMillis > min;
  }

  public BlockMeta withStats(Stats newStats) {
    return new BlockMeta(
        ulid, minMillis, maxMillis, newStats, level, sources, parents, deletable, failed, hints);
  }

  public BlockMeta withDeletable() {
    return new BlockMeta(
        ulid, minMillis, maxMillis, stats, level, sources, parents, true, failed, hints);
  }

  public BlockMeta withFailed() {
    return new BlockMeta(
        ulid, minMillis, maxMillis, stats, level, sources, parents, deletable, true, hints);
  }
}
