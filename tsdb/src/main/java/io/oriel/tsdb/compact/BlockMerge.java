package io.oriel.tsdb.compact;

import io.oriel.disk.Disk;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.BlockWriter;
import io.oriel.tsdb.chunk.SampleEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Writes one block from a view of series. Holds one series and the symbols in memory.
public final class BlockMerge {
  /// Whether chunks may be taken over as they are.
  public enum Chunks {
    /** Where they lie within the range and do not overlap. */
    TAKE_OVER,
    /** Never: some of their samples are deleted. */
    ENCODE_ANEW
  }

  private BlockMerge() {}

  /// Writes what {@code source} has within the range of {@code meta} as block {@code meta.ulid()}
  /// below {@code parent}. When it returns, the block is durable.
  ///
  /// @return what its `meta.json` says, or nothing when there was no sample and so no block
  public static Optional<BlockMeta> write(
      Disk disk, Path parent, BlockMeta meta, Querier source, Chunks chunks) throws IOException {
    SelectHints hints = SelectHints.range(meta.minMillis(), meta.maxMillis() - 1);
    TreeSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
    try (SeriesCursor cursor = source.select(hints.withSorted(false), List.of())) {
      for (Series series = cursor.next(); series != null; series = cursor.next()) {
        Labels labels = series.labels();
        for (int i = 0; i < labels.size(); i++) {
          symbols.add(labels.name(i));
          symbols.add(labels.value(i));
        }
      }
    }
    try (BlockWriter writer = BlockWriter.create(disk, parent, meta.ulid(), symbols);
        SeriesCursor cursor = source.select(hints, List.of())) {
      for (Series series = cursor.next(); series != null; series = cursor.next()) {
        List<EncodedChunk> kept = chunks(series, meta, chunks);
        if (!kept.isEmpty()) {
          writer.add(series.labels(), kept);
        }
      }
      return writer.series() == 0 ? Optional.empty() : Optional.of(writer.finish(meta));
    }
  }

  private static List<EncodedChunk> chunks(Series series, BlockMeta meta, Chunks mode)
      throws IOException {
    if (mode == Chunks.TAKE_OVER) {
      List<EncodedChunk> whole = series.chunks();
      if (isClean(whole, meta)) {
        return whole;
      }
    }
    SampleColumns rows = new SampleColumns();
    series.read(rows);
    return SampleEncoder.encode(rows);
  }

  private static boolean isClean(List<EncodedChunk> chunks, BlockMeta meta) {
    long last = meta.minMillis() - 1;
    for (EncodedChunk chunk : chunks) {
      if (chunk.minMillis() <= last) {
        return false;
      }
      last = chunk.maxMillis();
    }
    return last < meta.maxMillis();
  }
}
