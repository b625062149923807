package io.oriel.benchmarks.peer;

import io.oriel.disk.FileDisk;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.BlockWriter;
import io.oriel.tsdb.block.Ulid;
import io.oriel.tsdb.chunk.SampleEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// Blocks of one counter in many instances, as a sidecar uploads them. Not thread-safe.
final class MadeBlocks {
  /** What the counter is called. */
  static final String METRIC = "node_cpu_seconds_total";

  private static final FileDisk DISK = new FileDisk();

  private final SplittableRandom random = new SplittableRandom(42);
  private final TreeSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
  private final TreeSet<Labels> all = new TreeSet<>();
  private final long interval;
  private final long zero;

  /// @param interval of samples, milliseconds
  /// @param zero when the counters began
  MadeBlocks(int series, long interval, long zero) {
    this.interval = interval;
    this.zero = zero;
    symbols.addAll(List.of("__name__", "instance", METRIC));
    for (int i = 0; i < series; i++) {
      symbols.add("instance-" + i);
      all.add(Labels.of("__name__", METRIC, "instance", "instance-" + i));
    }
  }

  /// Writes a block with its `meta.json` into {@code bucket}; both times in milliseconds.
  ///
  /// @param later by how much every sample is later than the others' replicas
  /// @return its directory
  Path write(Path bucket, long from, long to, long later, Labels external) throws IOException {
    Ulid ulid = Ulid.create(to, random);
    Files.createDirectories(bucket);
    BlockMeta meta;
    try (BlockWriter writer = BlockWriter.create(DISK, bucket, ulid, symbols)) {
      SampleColumns rows = new SampleColumns();
      for (Labels one : all) {
        rows.clear();
        double value = (from - zero) / 1000.0;
        for (long time = from; time < to; time += interval) {
          value += random.nextInt(1500) / 100.0;
          rows.add(time + later, value);
        }
        writer.add(one, SampleEncoder.encode(rows));
      }
      meta = writer.finish(BlockMeta.fresh(ulid, from, to, List.of()));
    }
    StoredMeta stored = StoredMeta.of(meta, ThanosSection.of(external, 0, ThanosSection.SIDECAR));
    Path made = bucket.resolve(ulid.text());
    Files.write(made.resolve("meta.json"), stored.encode());
    return made;
  }
}
