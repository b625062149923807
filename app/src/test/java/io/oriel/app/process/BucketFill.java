package io.oriel.app.process;

import io.oriel.disk.FileDisk;
import io.oriel.federation.block.BlockFetcher;
import io.oriel.federation.block.BlockView;
import io.oriel.federation.block.BucketBlocks;
import io.oriel.federation.block.FetcherMetrics;
import io.oriel.federation.block.MetaFilter;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.FilesystemBucket;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.series.SampleColumns;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.BlockWriter;
import io.oriel.tsdb.block.Ulid;
import io.oriel.tsdb.chunk.SampleEncoder;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// Puts blocks into a directory that is a bucket, and looks at it.
public final class BucketFill {
  public static final long TWO_HOURS = Duration.ofHours(2).toMillis();
  public static final Labels SERIES = Labels.of("__name__", "m", "job", "j");

  private static final FileDisk DISK = new FileDisk();

  private final Path root;
  private final SplittableRandom random = Seed.random("bucket fill");

  public BucketFill(Path root) {
    this.root = root;
  }

  private Bucket open() {
    return FilesystemBucket.open(DISK, root, 0);
  }

  /// A block of two hours with a sample a minute, uploaded a day before now.
  public StoredMeta put(Labels labels, long from) throws IOException {
    TreeSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
    SERIES.toMap().forEach((name, value) -> symbols.addAll(List.of(name, value)));
    SampleColumns rows = new SampleColumns();
    for (long time = from; time < from + TWO_HOURS; time += 60_000) {
      rows.add(time, time / 1000.0);
    }
    Ulid ulid = Ulid.create(from + TWO_HOURS, random);
    Path made = Files.createTempDirectory(root.toAbsolutePath().getParent(), "made");
    BlockMeta meta;
    try (BlockWriter writer = BlockWriter.create(DISK, made, ulid, symbols)) {
      writer.add(SERIES, SampleEncoder.encode(rows));
      meta = writer.finish(BlockMeta.fresh(ulid, from, from + TWO_HOURS, List.of()));
    }
    InstantSource before = () -> Instant.now().minus(Duration.ofDays(1));
    try (Bucket bucket = open()) {
      return new BucketBlocks(bucket, before)
          .upload(
              DISK,
              made.resolve(ulid.text()),
              StoredMeta.of(meta, ThanosSection.of(labels, 0, ThanosSection.SIDECAR)));
    }
  }

  /// What readers of the bucket see, oldest first.
  public List<StoredMeta> blocks() {
    return view().blocks().values().stream()
        .sorted(
            Comparator.comparingLong((StoredMeta meta) -> meta.block().minMillis())
                .thenComparing(StoredMeta::ulid))
        .toList();
  }

  public BlockView view() {
    try (Bucket bucket = open()) {
      return new BlockFetcher(
              bucket,
              DISK,
              Optional.empty(),
              4,
              new FetcherMetrics(new PrometheusRegistry()),
              System::nanoTime)
          .fetch(
              List.of(
                  MetaFilter.deletionMarks(Duration.ofSeconds(-1), InstantSource.system()),
                  MetaFilter.duplicates()));
    }
  }
}
