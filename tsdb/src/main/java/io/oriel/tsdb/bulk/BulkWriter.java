package io.oriel.tsdb.bulk;

import io.oriel.disk.Disk;
import io.oriel.model.error.OrielException;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.Ulid;
import io.oriel.tsdb.compact.BlockMerge;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Writes blocks for all samples of a source. Not thread-safe.
public final class BulkWriter {
  private static final Duration SHORTEST = Duration.ofHours(2);
  private static final int RANGE_FACTOR = 3;

  /** Samples held at once; a single range with more is still written, all of it held. */
  private static final long HELD_SAMPLES = 20_000_000;

  private final Disk disk;
  private final Path directory;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final long rangeMillis;
  private final long heldSamples;

  /// @param directory where the blocks are written, each a directory of its own
  /// @param longest no block is longer; from two hours on, blocks have 2 h × 3ⁿ up to it
  public BulkWriter(
      Disk disk, Path directory, InstantSource clock, RandomGenerator random, Duration longest) {
    this(disk, directory, clock, random, longest, HELD_SAMPLES);
  }

  BulkWriter(
      Disk disk,
      Path directory,
      InstantSource clock,
      RandomGenerator random,
      Duration longest,
      long heldSamples) {
    this.disk = disk;
    this.directory = directory;
    this.clock = clock;
    this.random = random;
    this.heldSamples = heldSamples;
    long range = SHORTEST.toMillis();
    while (range * RANGE_FACTOR <= longest.toMillis()) {
      range *= RANGE_FACTOR;
    }
    rangeMillis = range;
  }

  /// Writes everything that {@code source} has. A sample with the labels and time of an earlier one
  /// takes its place.
  ///
  /// @param written is told each block once it is durable
  /// @return all blocks, oldest first
  /// @throws OrielException when the source is not well formed; blocks told of before stay
  public List<BlockMeta> write(SampleSource source, Consumer<BlockMeta> written)
      throws IOException {
    TreeMap<Long, Long> counts = new TreeMap<>();
    source.read((_, time, _) -> counts.merge(Math.floorDiv(time, rangeMillis), 1L, Long::sum));
    List<BlockMeta> blocks = new ArrayList<>();
    List<Long> batch = new ArrayList<>();
    long held = 0;
    for (Map.Entry<Long, Long> range : counts.entrySet()) {
      if (!batch.isEmpty() && held + range.getValue() > heldSamples) {
        writeBatch(source, batch, blocks, written);
        batch.clear();
        held = 0;
      }
      batch.add(range.getKey());
      held += range.getValue();
    }
    if (!batch.isEmpty()) {
      writeBatch(source, batch, blocks, written);
    }
    return blocks;
  }

  private void writeBatch(
      SampleSource source, List<Long> ranges, List<BlockMeta> blocks, Consumer<BlockMeta> written)
      throws IOException {
    Map<Long, HeldSeries> held = new TreeMap<>();
    ranges.forEach(range -> held.put(range, new HeldSeries()));
    source.read(
        (labels, time, value) -> {
          HeldSeries into = held.get(Math.floorDiv(time, rangeMillis));
          if (into != null) {
            into.add(labels, time, value);
          }
        });
    for (long range : ranges) {
      HeldSeries series = held.remove(range);
      if (series != null) {
        writeBlock(series, blocks, written);
      }
    }
  }

  private void writeBlock(HeldSeries series, List<BlockMeta> blocks, Consumer<BlockMeta> written)
      throws IOException {
    Ulid ulid = Ulid.create(clock.millis(), random);
    BlockMeta meta =
        new BlockMeta(
            ulid,
            series.minMillis(),
            series.maxMillis() + 1,
            BlockMeta.Stats.empty(),
            1,
            List.of(ulid),
            List.of(),
            false,
            false,
            List.of());
    BlockMerge.write(disk, directory, meta, series, BlockMerge.Chunks.ENCODE_ANEW)
        .ifPresent(
            block -> {
              blocks.add(block);
              written.accept(block);
            });
  }
}
