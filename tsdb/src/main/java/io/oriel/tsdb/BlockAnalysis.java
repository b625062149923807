package io.oriel.tsdb;

import io.oriel.disk.Disk;
import io.oriel.model.labels.Labels;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.index.ChunkMeta;
import io.oriel.tsdb.index.IndexReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What makes a block large: the figures of `promtool tsdb analyze`. Each list holds the largest
/// counts, largest first, equal ones by name.
///
/// @param labelNames how many label names there are
/// @param labelPairs how many different label pairs there are
/// @param pairEntries how many label pairs all series have together
/// @param churningPairs how often each label pair's series could have spanned the block with the
///   time that they lack
/// @param churningNames the same by label name
/// @param commonPairs how many series have each label pair
/// @param longestNames how many bytes the values of each label name have together
/// @param widestNames how many values each label name has
/// @param widestMetrics how many series each metric has
public record BlockAnalysis(
    BlockMeta meta,
    int labelNames,
    int labelPairs,
    long pairEntries,
    List<Count> churningPairs,
    List<Count> churningNames,
    List<Count> commonPairs,
    List<Count> longestNames,
    List<Count> widestNames,
    List<Count> widestMetrics) {
  /// How often something is there; a label pair is written `name=value`.
  public record Count(String name, long count) {}

  /// Reads the block in {@code directory}.
  ///
  /// @param limit how long the lists are at most
  public static BlockAnalysis of(Disk disk, Path directory, int limit) throws IOException {
    try (Block block = Block.open(disk, directory)) {
      return new Reading(block, limit).analysis();
    }
  }

  /** One pass over a block's index. */
  private static final class Reading {
    private final Block block;
    private final int limit;
    private final double span;
    private final Map<String, Long> pairsLacking = new HashMap<>();
    private final Map<String, Long> namesLacking = new HashMap<>();
    private final Map<String, Long> pairs = new HashMap<>();
    private final Map<String, Long> metrics = new HashMap<>();
    private long entries;

    Reading(Block block, int limit) {
      this.block = block;
      this.limit = limit;
      this.span = (double) (block.meta().maxMillis() - block.meta().minMillis());
    }

    BlockAnalysis analysis() {
      IndexReader index = block.index();
      List<ChunkMeta> chunks = new ArrayList<>();
      for (int reference : index.all()) {
        chunks.clear();
        count(block.series(reference, chunks), chunks);
      }
      Map<String, Long> bytes = new HashMap<>();
      Map<String, Long> widths = new HashMap<>();
      List<String> names = index.names();
      for (String name : names) {
        List<String> values = index.values(name);
        widths.put(name, (long) values.size());
        bytes.put(name, values.stream().mapToLong(Reading::length).sum());
      }
      return new BlockAnalysis(
          block.meta(),
          names.size(),
          pairs.size(),
          entries,
          largest(wholeSpans(pairsLacking)),
          largest(wholeSpans(namesLacking)),
          largest(pairs),
          largest(bytes),
          largest(widths),
          largest(metrics));
    }

    private static long length(String value) {
      return value.getBytes(StandardCharsets.UTF_8).length;
    }

    private void count(Labels labels, List<ChunkMeta> chunks) {
      long covered = chunks.getLast().maxMillis() - chunks.getFirst().minMillis();
      long lacking = block.meta().maxMillis() - block.meta().minMillis() - covered;
      for (int i = 0; i < labels.size(); i++) {
        String pair = labels.name(i) + "=" + labels.value(i);
        pairsLacking.merge(pair, lacking, Long::sum);
        namesLacking.merge(labels.name(i), lacking, Long::sum);
        pairs.merge(pair, 1L, Long::sum);
        entries++;
      }
      if (labels.has("__name__")) {
        metrics.merge(labels.get("__name__"), 1L, Long::sum);
      }
    }

    private Map<String, Long> wholeSpans(Map<String, Long> lacking) {
      Map<String, Long> spans = new HashMap<>();
      lacking.forEach((name, millis) -> spans.put(name, (long) ((double) millis / span)));
      return spans;
    }

    private List<Count> largest(Map<String, Long> counts) {
      return counts.entrySet().stream()
          .map(entry -> new Count(entry.getKey(), entry.getValue()))
          .sorted(Comparator.comparingLong(Count::count).reversed().thenComparing(Count::name))
          .limit(limit)
          .toList();
    }
  }

  public BlockAnalysis {
    churningPairs = List.copyOf(churningPairs);
    churningNames = List.copyOf(churningNames);
    commonPairs = List.copyOf(commonPairs);
    longestNames = List.copyOf(longestNames);
    widestNames = List.copyOf(widestNames);
    widestMetrics = List.copyOf(widestMetrics);
  }
}
