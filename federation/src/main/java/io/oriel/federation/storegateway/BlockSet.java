package io.oriel.federation.storegateway;

import io.oriel.federation.downsample.Resolution;
import io.oriel.model.labels.Labels;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The blocks of one stream, by resolution. Immutable.
final class BlockSet {
  private static final List<Resolution> COARSEST_FIRST =
      List.of(Resolution.ONE_HOUR, Resolution.FIVE_MINUTES, Resolution.RAW);

  private final Map<Long, List<RemoteBlock>> blocks = new HashMap<>();

  private BlockSet() {}

  /// The sets of all streams among {@code blocks}.
  static Map<Labels, BlockSet> of(Collection<RemoteBlock> blocks) {
    Map<Labels, BlockSet> sets = new LinkedHashMap<>();
    List<RemoteBlock> sorted = new ArrayList<>(blocks);
    sorted.sort(
        Comparator.comparingLong(RemoteBlock::minMillis)
            .thenComparingLong(RemoteBlock::maxMillis)
            .thenComparing(RemoteBlock::ulid));
    for (RemoteBlock block : sorted) {
      sets.computeIfAbsent(block.external().labels(), _ -> new BlockSet())
          .blocks
          .computeIfAbsent(block.resolutionMillis(), _ -> new ArrayList<>())
          .add(block);
    }
    return sets;
  }

  /// The blocks to read for a time range, both ends inclusive: the coarsest allowed ones, and finer
  /// ones where those leave gaps. By time.
  List<RemoteBlock> choose(long minMillis, long maxMillis, long coarsestMillis) {
    List<RemoteBlock> chosen = new ArrayList<>();
    int from = 0;
    while (from < COARSEST_FIRST.size() - 1 && COARSEST_FIRST.get(from).millis() > coarsestMillis) {
      from++;
    }
    choose(minMillis, maxMillis, from, chosen);
    return chosen;
  }

  private void choose(long minMillis, long maxMillis, int level, List<RemoteBlock> into) {
    if (minMillis > maxMillis || level == COARSEST_FIRST.size()) {
      return;
    }
    long start = minMillis;
    long resolution = COARSEST_FIRST.get(level).millis();
    for (RemoteBlock block : blocks.getOrDefault(resolution, List.of())) {
      if (block.maxMillis() <= minMillis || block.minMillis() > maxMillis) {
        continue;
      }
      choose(start, block.minMillis() - 1, level + 1, into);
      into.add(block);
      start = Math.max(start, block.maxMillis());
    }
    choose(start, maxMillis, level + 1, into);
  }
}
