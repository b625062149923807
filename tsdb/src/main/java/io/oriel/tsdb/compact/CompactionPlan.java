package io.oriel.tsdb.compact;

import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.Ulid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What to merge next, and what that will be.
public final class CompactionPlan {
  private CompactionPlan() {}

  /// The lengths of blocks: {@code base}, then each three times the one before, none longer than
  /// {@code longest} unless it is the first.
  public static List<Long> ranges(long baseMillis, long longestMillis) {
    List<Long> ranges = new ArrayList<>();
    for (long range = baseMillis;
        ranges.isEmpty() || range <= longestMillis && ranges.size() < 10;
        range *= 3) {
      ranges.add(range);
    }
    return ranges;
  }

  /// The blocks to merge next, oldest first; empty when there is nothing to do.
  ///
  /// Blocks that failed to be merged before are passed over, and out-of-order blocks that reach
  /// into the head: merged with others they would say that the head begins behind them. Overlapping
  /// blocks come first. Else the newest block is left alone, because its samples were just written,
  /// and the smallest range that has a full or passed set of blocks is chosen.
  public static List<BlockMeta> next(List<BlockMeta> blocks, List<Long> ranges) {
    List<BlockMeta> sorted = new ArrayList<>(blocks);
    sorted.removeIf(block -> isLate(block) && block.maxMillis() > inOrderEnd(blocks));
    sorted.sort(Comparator.comparingLong(BlockMeta::minMillis));
    List<BlockMeta> overlapping = overlapping(sorted);
    if (!overlapping.isEmpty() || sorted.size() < 2) {
      return overlapping;
    }
    long newest = sorted.getLast().minMillis();
    List<BlockMeta> old = sorted.subList(0, sorted.size() - 1);
    for (long range : ranges.subList(Math.min(1, ranges.size()), ranges.size())) {
      for (List<BlockMeta> group : groups(old, range)) {
        long from = group.getFirst().minMillis();
        long to = group.getLast().maxMillis();
        boolean complete = to - from == range || to <= newest;
        if (isMergeable(group) && complete) {
          return group;
        }
      }
    }
    return List.of();
  }

  private static boolean isLate(BlockMeta block) {
    return block.hints().contains(BlockMeta.FROM_OUT_OF_ORDER);
  }

  /// Where the head begins.
  private static long inOrderEnd(List<BlockMeta> blocks) {
    return blocks.stream()
        .filter(block -> !isLate(block))
        .mapToLong(BlockMeta::maxMillis)
        .max()
        .orElse(Long.MIN_VALUE);
  }

  private static List<BlockMeta> overlapping(List<BlockMeta> sorted) {
    List<BlockMeta> group = new ArrayList<>();
    long end = Long.MIN_VALUE;
    for (BlockMeta block : sorted) {
      if (block.minMillis() < end) {
        group.add(block);
      } else if (isMergeable(group)) {
        return group;
      } else {
        group.clear();
        group.add(block);
      }
      end = Math.max(end, block.maxMillis());
    }
    return isMergeable(group) ? group : List.of();
  }

  private static boolean isMergeable(List<BlockMeta> group) {
    return group.size() > 1 && group.stream().noneMatch(BlockMeta::failed);
  }

  /// The blocks by the aligned range that they lie in; longer ones are left out.
  private static List<List<BlockMeta>> groups(List<BlockMeta> sorted, long range) {
    List<List<BlockMeta>> groups = new ArrayList<>();
    long current = Long.MIN_VALUE;
    for (BlockMeta block : sorted) {
      long start = Math.floorDiv(block.minMillis(), range) * range;
      if (block.maxMillis() > start + range) {
        continue;
      }
      if (groups.isEmpty() || start != current) {
        groups.add(new ArrayList<>());
        current = start;
      }
      groups.getLast().add(block);
    }
    return groups;
  }

  /// What the block merged of {@code parents} says of itself.
  public static BlockMeta merged(Ulid ulid, List<BlockMeta> parents) {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    int level = 0;
    Set<Ulid> sources = new TreeSet<>();
    Set<String> hints = new HashSet<>(parents.getFirst().hints());
    List<BlockMeta.Parent> list = new ArrayList<>();
    for (BlockMeta parent : parents) {
      min = Math.min(min, parent.minMillis());
      max = Math.max(max, parent.maxMillis());
      level = Math.max(level, parent.level());
      sources.addAll(parent.sources());
      hints.retainAll(parent.hints());
      list.add(new BlockMeta.Parent(parent.ulid(), parent.minMillis(), parent.maxMillis()));
    }
    return new BlockMeta(
        ulid,
        min,
        max,
        BlockMeta.Stats.empty(),
        level + 1,
        List.copyOf(sources),
        list,
        false,
        false,
        List.copyOf(hints));
  }
}
