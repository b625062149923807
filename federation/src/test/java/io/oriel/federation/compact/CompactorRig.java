package io.oriel.federation.compact;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.Disk;
import io.oriel.disk.FileDisk;
import io.oriel.federation.block.BlockFetcher;
import io.oriel.federation.block.BlockMark;
import io.oriel.federation.block.BlockView;
import io.oriel.federation.block.BucketBlocks;
import io.oriel.federation.block.FetcherMetrics;
import io.oriel.federation.block.MetaFilter;
import io.oriel.federation.block.SampleBlocks;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.Content;
import io.oriel.federation.bucket.MemoryBucket;
import io.oriel.federation.bucket.Pause;
import io.oriel.federation.dedup.Deduplication;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.SampleColumns;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.Ulid;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// A bucket in memory, blocks to put there, and compactors with a clock of the test.
final class CompactorRig {
  static final Disk DISK = new FileDisk();
  static final long HOUR = 3_600_000;
  static final long TWO_HOURS = 2 * HOUR;
  static final long START = 1_699_920_000_000L / (14 * 24 * HOUR) * (14 * 24 * HOUR);
  static final Labels DEV = Labels.of("cluster", "dev");
  static final Pause FOREVER = _ -> new CountDownLatch(1).await();

  final Path temp;
  final SplittableRandom random = Seed.random("compactor");
  final AtomicLong now = new AtomicLong(START + 30 * 24 * HOUR);
  final AtomicLong nanos = new AtomicLong();
  final AtomicInteger names = new AtomicInteger();
  MemoryBucket memory = new MemoryBucket();
  Disk disk = DISK;
  Deduplication merge = Deduplication.CHAIN;

  /// @param temp an empty directory
  CompactorRig(Path temp) {
    this.temp = temp;
  }

  InstantSource clock() {
    return () -> Instant.ofEpochMilli(now.get());
  }

  CompactorConfig config() {
    return CompactorConfig.standard(temp.resolve("scratch" + names.incrementAndGet()));
  }

  static CompactorConfig.Pace pace(int merges) {
    return new CompactorConfig.Pace(merges, 1, 2, Duration.ZERO, Duration.ZERO);
  }

  BucketCompactor compactor(Bucket bucket, CompactorConfig config) {
    return compactor(bucket, config, FOREVER);
  }

  BucketCompactor compactor(Bucket bucket, CompactorConfig config, Pause pause) {
    memory.time(now.get());
    return new BucketCompactor(
        config,
        new CompactorParts(
            disk,
            bucket,
            new BlockFetcher(
                bucket,
                DISK,
                Optional.empty(),
                4,
                new FetcherMetrics(new PrometheusRegistry()),
                nanos::get),
            merge,
            clock(),
            nanos::get,
            pause,
            random,
            new CompactorMetrics(new PrometheusRegistry()),
            new BucketLease.Terms(
                "compactor", "c" + names.incrementAndGet(), Duration.ofMinutes(5))));
  }

  CompactorReport run(Bucket bucket, CompactorConfig config) throws Exception {
    return compactor(bucket, config).runOnce();
  }

  BlockView view(Bucket bucket) {
    return new BlockFetcher(
            bucket,
            DISK,
            Optional.empty(),
            4,
            new FetcherMetrics(new PrometheusRegistry()),
            nanos::get)
        .fetch(
            List.of(
                MetaFilter.deletionMarks(Duration.ofSeconds(-1), clock()),
                MetaFilter.duplicates()));
  }

  StoredMeta put(Labels labels, long from, long to, TreeMap<Labels, SampleColumns> series)
      throws IOException {
    Path made = Files.createDirectories(temp.resolve("made"));
    Ulid ulid = Ulid.create(START + names.incrementAndGet(), random);
    BlockMeta meta = SampleBlocks.write(made, ulid, from, to, series);
    StoredMeta stored = StoredMeta.of(meta, ThanosSection.of(labels, 0, ThanosSection.SIDECAR));
    InstantSource before = () -> Instant.ofEpochMilli(now.get() - 24 * HOUR);
    return new BucketBlocks(memory, before).upload(DISK, made.resolve(ulid.text()), stored);
  }

  StoredMeta twoHours(Labels labels, int n) throws IOException {
    long from = START + n * TWO_HOURS;
    return put(
        labels,
        from,
        from + TWO_HOURS,
        SampleBlocks.floats(random.split(), 6, from, from + TWO_HOURS, 30_000));
  }

  /// Every sample that readers of the bucket find, each time of a series once.
  Set<String> samples(Bucket bucket) throws IOException {
    TreeSet<String> lines = new TreeSet<>();
    BucketBlocks blocks = new BucketBlocks(bucket, clock());
    for (StoredMeta meta : view(bucket).blocks().values()) {
      if (meta.thanos().resolutionMillis() == 0) {
        Path copy = temp.resolve("read");
        blocks.download(DISK, meta.ulid(), copy);
        for (String line : SampleBlocks.lines(copy.resolve(meta.ulid().text()))) {
          assertTrue(lines.add(meta.thanos().labels() + line), "doubled: " + line);
        }
      }
    }
    return lines;
  }

  static List<String> ranges(BlockView view, long resolution) {
    return view.blocks().values().stream()
        .filter(meta -> meta.thanos().resolutionMillis() == resolution)
        .map(
            meta ->
                (meta.block().minMillis() - START) / HOUR
                    + "-"
                    + (meta.block().maxMillis() - START) / HOUR)
        .sorted()
        .toList();
  }

  Set<String> blockDirectories() {
    Set<String> names = new TreeSet<>();
    memory.iter(
        "",
        Bucket.Depth.ONE_LEVEL,
        entry -> {
          if (Ulid.isValid(entry.lastSegment())) {
            names.add(entry.lastSegment());
          }
          return true;
        });
    return names;
  }

  /// The hours at which a stream's blocks begin.
  List<String> starts(Labels labels) {
    return view(memory).blocks().values().stream()
        .filter(meta -> meta.thanos().labels().equals(labels))
        .map(meta -> Long.toString((meta.block().minMillis() - START) / HOUR))
        .sorted()
        .toList();
  }

  MemoryBucket copy() {
    MemoryBucket copy = new MemoryBucket();
    memory.iter(
        "",
        Bucket.Depth.ALL,
        entry -> {
          copy.upload(entry.name(), Content.of(memory.read(entry.name(), 1 << 26)));
          return true;
        });
    copy.time(now.get());
    return copy;
  }

  long marked(BlockMark.Kind kind) {
    return view(memory).marks().values().stream().filter(m -> m.containsKey(kind)).count();
  }
}
