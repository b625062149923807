package io.oriel.tsdb;

import io.oriel.disk.Disk;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.BlockQuerier;
import io.oriel.tsdb.block.BlockWriter;
import io.oriel.tsdb.block.Ulid;
import io.oriel.tsdb.chunk.RowOrder;
import io.oriel.tsdb.chunk.SampleEncoder;
import io.oriel.tsdb.compact.BlockMerge;
import io.oriel.tsdb.query.MergedQuerier;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Makes blocks of samples that come in any order, in one pass over them. Not thread-safe.
///
/// Memory holds {@link #SPILL_SAMPLES} samples and the label sets they belong to; more are spilled
/// as partial blocks, which are merged in the end. Of several samples of one series and time the
/// first that came is kept.
public final class BlockImport implements AutoCloseable {
  /** How many samples are held in memory, 16 bytes each. */
  public static final int SPILL_SAMPLES = 4 << 20;

  private final Tsdb.Parts parts;
  private final Path directory;
  private final Path scratch;
  private final long rangeMillis;
  private final int spillSamples;
  private final Map<Labels, SampleColumns> held = new HashMap<>();
  private final Map<Long, List<BlockMeta>> spilled = new TreeMap<>();
  private int heldSamples;

  private BlockImport(Path directory, Tsdb.Parts parts, Duration range, int spillSamples) {
    this.parts = parts;
    this.directory = directory;
    this.scratch = directory.resolve("import.tmp-for-creation");
    this.rangeMillis = range.toMillis();
    this.spillSamples = spillSamples;
  }

  /// An import into {@code directory}, which is created if need be and may be that of a database
  /// that is not open. The caller closes it.
  ///
  /// @param range length of the blocks; each begins at a multiple of it
  public static BlockImport create(Path directory, Tsdb.Parts parts, Duration range)
      throws IOException {
    return create(directory, parts, range, SPILL_SAMPLES);
  }

  static BlockImport create(Path directory, Tsdb.Parts parts, Duration range, int spillSamples)
      throws IOException {
    BlockImport fresh = new BlockImport(directory, parts, range, spillSamples);
    parts.disk().deleteTree(fresh.scratch);
    parts.disk().createDirectories(fresh.scratch);
    return fresh;
  }

  /// Adds a float sample.
  public void add(Labels labels, long timestampMillis, double value) throws IOException {
    rows(labels).add(timestampMillis, value);
    added();
  }

  /// Adds a histogram sample.
  public void add(Labels labels, long timestampMillis, NativeHistogram histogram)
      throws IOException {
    rows(labels).add(timestampMillis, histogram);
    added();
  }

  private SampleColumns rows(Labels labels) {
    return held.computeIfAbsent(labels, _ -> new SampleColumns(16));
  }

  private void added() throws IOException {
    heldSamples++;
    if (heldSamples >= spillSamples) {
      spill();
    }
  }

  /// Writes what is held as one partial block per range.
  private void spill() throws IOException {
    TreeMap<Labels, SampleColumns> sorted = new TreeMap<>();
    TreeSet<Long> ranges = new TreeSet<>();
    held.forEach(
        (labels, rows) -> {
          SampleColumns ordered = RowOrder.sorted(rows);
          sorted.put(labels, ordered);
          for (int i = 0; i < ordered.size(); i++) {
            ranges.add(rangeStart(ordered.timestamps()[i]));
          }
        });
    held.clear();
    heldSamples = 0;
    for (long start : ranges) {
      spilled.computeIfAbsent(start, _ -> new ArrayList<>()).add(writePartial(sorted, start));
    }
  }

  private long rangeStart(long time) {
    return Math.floorDiv(time, rangeMillis) * rangeMillis;
  }

  private BlockMeta writePartial(TreeMap<Labels, SampleColumns> sorted, long start)
      throws IOException {
    TreeSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
    for (Labels labels : sorted.keySet()) {
      for (int i = 0; i < labels.size(); i++) {
        symbols.add(labels.name(i));
        symbols.add(labels.value(i));
      }
    }
    BlockMeta meta = fresh(start);
    try (BlockWriter writer = BlockWriter.create(parts.disk(), scratch, meta.ulid(), symbols)) {
      for (Map.Entry<Labels, SampleColumns> series : sorted.entrySet()) {
        List<EncodedChunk> chunks = chunks(series.getValue(), start);
        if (!chunks.isEmpty()) {
          writer.add(series.getKey(), chunks);
        }
      }
      return writer.finish(meta);
    }
  }

  private List<EncodedChunk> chunks(SampleColumns rows, long start) {
    SampleColumns within = new SampleColumns();
    for (int i = 0; i < rows.size(); i++) {
      if (rangeStart(rows.timestamps()[i]) == start) {
        within.addRow(rows, i);
      }
    }
    return SampleEncoder.encode(within);
  }

  private BlockMeta fresh(long start) {
    Ulid ulid = Ulid.create(parts.clock().millis(), parts.random());
    return BlockMeta.fresh(ulid, start, start + rangeMillis, List.of());
  }

  /// Puts the blocks into the directory, durably. Nothing may be added afterwards.
  ///
  /// @return what they say of themselves, oldest first
  public List<BlockMeta> finish() throws IOException {
    if (heldSamples > 0) {
      spill();
    }
    List<BlockMeta> done = new ArrayList<>();
    for (Map.Entry<Long, List<BlockMeta>> range : spilled.entrySet()) {
      done.add(complete(range.getKey(), range.getValue()));
    }
    parts.disk().syncDirectory(directory);
    return done;
  }

  private BlockMeta complete(long start, List<BlockMeta> partial) throws IOException {
    Disk disk = parts.disk();
    if (partial.size() == 1) {
      String name = partial.getFirst().ulid().text();
      disk.rename(scratch.resolve(name), directory.resolve(name));
      return partial.getFirst();
    }
    List<Querier> sources = new ArrayList<>();
    for (BlockMeta part : partial) {
      sources.add(new BlockQuerier(Block.open(disk, scratch.resolve(part.ulid().text()))));
    }
    try (Querier source = new MergedQuerier(sources)) {
      return BlockMerge.write(disk, directory, fresh(start), source, BlockMerge.Chunks.TAKE_OVER)
          .orElseThrow();
    }
  }

  /// Removes what was spilled.
  @Override
  public void close() throws IOException {
    parts.disk().deleteTree(scratch);
  }
}
