package io.oriel.federation.block;

import io.oriel.disk.Disk;
import io.oriel.disk.FileDisk;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.BlockQuerier;
import io.oriel.tsdb.block.BlockWriter;
import io.oriel.tsdb.block.Ulid;
import io.oriel.tsdb.chunk.SampleEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/// Writes and reads whole blocks for tests.
public final class SampleBlocks {
  private static final Disk DISK = new FileDisk();

  private SampleBlocks() {}

  /// A block of {@code series} in a directory of its own below {@code parent}.
  public static BlockMeta write(
      Path parent, Ulid ulid, long min, long max, SortedMap<Labels, SampleColumns> series)
      throws IOException {
    return write(DISK, parent, BlockMeta.fresh(ulid, min, max, List.of()), series);
  }

  public static BlockMeta write(
      Disk disk, Path parent, BlockMeta meta, SortedMap<Labels, SampleColumns> series)
      throws IOException {
    TreeSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
    series
        .keySet()
        .forEach(
            labels ->
                labels.toMap().forEach((name, value) -> symbols.addAll(List.of(name, value))));
    try (BlockWriter writer = BlockWriter.create(disk, parent, meta.ulid(), symbols)) {
      for (Map.Entry<Labels, SampleColumns> one : series.entrySet()) {
        writer.add(one.getKey(), SampleEncoder.encode(one.getValue()));
      }
      return writer.finish(meta);
    }
  }

  /// Series of random floats, one sample every {@code step} from {@code min} to {@code max},
  /// exclusive.
  public static TreeMap<Labels, SampleColumns> floats(
      SplittableRandom random, int series, long min, long max, long step) {
    TreeMap<Labels, SampleColumns> all = new TreeMap<>();
    for (int i = 0; i < series; i++) {
      SampleColumns rows = new SampleColumns();
      double value = 0;
      for (long time = min; time < max; time += step) {
        value += random.nextInt(100);
        rows.add(time, value);
      }
      all.put(Labels.of("__name__", "m" + i % 3, "instance", "i" + i), rows);
    }
    return all;
  }

  /// Every sample of a block as a line of text, in order.
  public static List<String> lines(Path directory) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Block block = Block.open(DISK, directory)) {
      if (!block.retain()) {
        throw new IllegalStateException("closed");
      }
      try (BlockQuerier querier = new BlockQuerier(block);
          SeriesCursor cursor =
              querier.select(SelectHints.range(Long.MIN_VALUE, Long.MAX_VALUE), List.of())) {
        SampleColumns rows = new SampleColumns();
        for (Series one = cursor.next(); one != null; one = cursor.next()) {
          rows.clear();
          one.read(rows);
          add(one.labels(), rows, lines);
        }
      }
    }
    return lines;
  }

  /// The same of series in memory.
  public static List<String> lines(SortedMap<Labels, SampleColumns> series) {
    List<String> lines = new ArrayList<>();
    series.forEach((labels, rows) -> add(labels, rows, lines));
    return lines;
  }

  private static void add(Labels labels, SampleColumns rows, List<String> into) {
    for (int i = 0; i < rows.size(); i++) {
      into.add(labels + " " + rows.timestamps()[i] + " " + rows.values()[i]);
    }
  }
}
