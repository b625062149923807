package io.oriel.federation.compact;

import io.oriel.federation.block.StoredMeta;
import io.oriel.tsdb.block.Ulid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// What to merge next in one stream, by Thanos' rules. A pure function of `meta.json`s.
///
/// @param ranges lengths of blocks in milliseconds, ascending
public record CompactionPlanner(List<Long> ranges) {
  /** Thanos' own: 1 h, 2 h, 8 h, 2 d, 14 d. */
  public static final List<Long> STANDARD_RANGES =
      List.of(3_600_000L, 7_200_000L, 28_800_000L, 172_800_000L, 1_209_600_000L);

  private static final double TOO_MANY_TOMBSTONES = 0.05;

  public CompactionPlanner {
    ranges = List.copyOf(ranges);
  }

  /// The blocks to merge next, by time; empty when there is nothing to do.
  ///
  /// Overlapping blocks come first. Else the newest block is left alone, and the smallest range
  /// whose blocks fill it, or end before the newest begins, is taken. Else a long block is written
  /// anew when one in twenty of its series has deletions.
  ///
  /// @param stream blocks of one stream
  /// @param excluded blocks that must not be merged; they still count as neighbours, so that what
  ///   lies on both sides of one is not merged across it
  public List<StoredMeta> next(List<StoredMeta> stream, Set<Ulid> excluded) {
    List<StoredMeta> all = new ArrayList<>(stream);
    all.sort(
        Comparator.comparingLong((StoredMeta meta) -> meta.block().minMillis())
            .thenComparing(StoredMeta::ulid));
    List<StoredMeta> allowed = new ArrayList<>(all);
    allowed.removeIf(meta -> excluded.contains(meta.ulid()));
    List<StoredMeta> overlapping = overlapping(allowed);
    if (!overlapping.isEmpty() || all.isEmpty()) {
      return overlapping;
    }
    StoredMeta newest = all.removeLast();
    allowed.remove(newest);
    List<StoredMeta> full = full(all, excluded);
    return full.isEmpty() ? withDeletions(allowed) : full;
  }

  /// The first run of blocks that overlap one another.
  static List<StoredMeta> overlapping(List<StoredMeta> sorted) {
    List<StoredMeta> run = new ArrayList<>();
    long end = Long.MIN_VALUE;
    for (StoredMeta meta : sorted) {
      if (meta.block().minMillis() >= end) {
        if (run.size() > 1) {
          return run;
        }
        run.clear();
      }
      run.add(meta);
      end = Math.max(end, meta.block().maxMillis());
    }
    return run.size() > 1 ? run : List.of();
  }

  private List<StoredMeta> full(List<StoredMeta> sorted, Set<Ulid> excluded) {
    if (sorted.isEmpty()) {
      return List.of();
    }
    long newestMin = sorted.getLast().block().minMillis();
    for (long range : ranges.subList(Math.min(1, ranges.size()), ranges.size())) {
      for (List<StoredMeta> part : aligned(sorted, range)) {
        long min = part.getFirst().block().minMillis();
        long max = part.getLast().block().maxMillis();
        boolean complete = max - min == range || max <= newestMin;
        if (complete && part.stream().noneMatch(meta -> meta.block().failed())) {
          List<StoredMeta> run = longEnough(part, excluded);
          if (!run.isEmpty()) {
            return run;
          }
        }
      }
    }
    return List.of();
  }

  /// The first run of two or more blocks with no excluded one among them.
  private static List<StoredMeta> longEnough(List<StoredMeta> part, Set<Ulid> excluded) {
    List<StoredMeta> run = new ArrayList<>();
    for (StoredMeta meta : part) {
      if (!excluded.contains(meta.ulid())) {
        run.add(meta);
      } else if (run.size() > 1) {
        return run;
      } else {
        run.clear();
      }
    }
    return run.size() > 1 ? run : List.of();
  }

  /// The blocks by the aligned range that they lie in; longer ones are left out.
  private static List<List<StoredMeta>> aligned(List<StoredMeta> sorted, long range) {
    List<List<StoredMeta>> parts = new ArrayList<>();
    long current = Long.MIN_VALUE;
    for (StoredMeta meta : sorted) {
      long start = Math.floorDiv(meta.block().minMillis(), range) * range;
      if (meta.block().maxMillis() > start + range) {
        continue;
      }
      if (parts.isEmpty() || start != current) {
        parts.add(new ArrayList<>());
        current = start;
      }
      parts.getLast().add(meta);
    }
    return parts;
  }

  private List<StoredMeta> withDeletions(List<StoredMeta> sorted) {
    long shortest = ranges.isEmpty() ? Long.MAX_VALUE : ranges.get(ranges.size() / 2);
    for (StoredMeta meta : sorted.reversed()) {
      if (meta.block().maxMillis() - meta.block().minMillis() < shortest) {
        break;
      }
      double series = meta.block().stats().series() + 1.0;
      if (meta.block().stats().tombstones() / series > TOO_MANY_TOMBSTONES) {
        return List.of(meta);
      }
    }
    return List.of();
  }
}
