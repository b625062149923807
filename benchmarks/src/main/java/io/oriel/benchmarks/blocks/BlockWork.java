package io.oriel.benchmarks.blocks;

import com.sun.management.OperatingSystemMXBean;
import io.oriel.disk.FileDisk;
import io.oriel.federation.block.BlockFetcher;
import io.oriel.federation.block.BucketBlocks;
import io.oriel.federation.block.FetcherMetrics;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.FilesystemBucket;
import io.oriel.federation.compact.BucketCompactor;
import io.oriel.federation.compact.BucketLease;
import io.oriel.federation.compact.CompactorConfig;
import io.oriel.federation.compact.CompactorMetrics;
import io.oriel.federation.compact.CompactorParts;
import io.oriel.federation.compact.CompactorReport;
import io.oriel.federation.dedup.Deduplication;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.BlockWriter;
import io.oriel.tsdb.block.Ulid;
import io.oriel.tsdb.chunk.SampleEncoder;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.IntFunction;

/// Merges blocks that follow one another, blocks of replicas, and downsamples, and prints what each
/// took. Arguments: how many series, default 2000; a directory to work in, default a temporary one.
public final class BlockWork {
  private static final long HOUR = 3_600_000;
  private static final long STEP = 15_000;
  private static final long START = 1_699_920_000_000L / (336 * HOUR) * (336 * HOUR);
  private static final FileDisk DISK = new FileDisk();
  private static final PrintStream OUT = System.out;

  private final OperatingSystemMXBean machine =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final SplittableRandom random = new SplittableRandom(42);
  private final Path directory;
  private final int series;
  private int buckets;

  private BlockWork(Path directory, int series) {
    this.directory = directory;
    this.series = series;
  }

  public static void main(String[] args) throws Exception {
    int series = args.length > 0 ? Integer.parseInt(args[0]) : 2_000;
    Path root = args.length > 1 ? Path.of(args[1]) : Files.createTempDirectory("oriel-block-work");
    BlockWork work = new BlockWork(root, series);
    try {
      for (int round = 0; round < 3; round++) {
        OUT.println("round " + (round + 1) + ", " + series + " series, one sample every 15 s");
        work.run();
      }
    } finally {
      DISK.deleteTree(root);
    }
  }

  private void run() throws IOException, InterruptedException {
    Labels plain = Labels.of("cluster", "dev");
    IntFunction<Labels> replica = i -> plain.with("replica", "r" + i);
    measure(
        "merge, blocks in a row", Deduplication.CHAIN, 2, BucketCompactor.Task.MERGE, _ -> plain);
    measure("merge, replicas 1:1", Deduplication.CHAIN, 1, BucketCompactor.Task.MERGE, replica);
    measure(
        "merge, replicas by penalty",
        Deduplication.PENALTY,
        1,
        BucketCompactor.Task.MERGE,
        replica);
    measure(
        "downsample to 5m", Deduplication.CHAIN, 48, BucketCompactor.Task.DOWNSAMPLE, _ -> plain);
  }

  /// @param hours of a block; more than two for one block, else several
  private void measure(
      String what,
      Deduplication merge,
      int hours,
      BucketCompactor.Task task,
      IntFunction<Labels> labels)
      throws IOException, InterruptedException {
    Path root = directory.resolve("bucket" + buckets++);
    try (Bucket bucket = FilesystemBucket.open(DISK, root, 0)) {
      long samples = 0;
      int count = hours == 48 ? 1 : 5;
      for (int block = 0; block < count; block++) {
        boolean replicas = hours == 1;
        long from = START + (replicas ? 0 : block * (hours * HOUR));
        long to = from + (replicas ? 2 : hours) * HOUR;
        if (replicas && block == 2) {
          break;
        }
        long put = put(bucket, labels.apply(block), from + (replicas ? block * 3_000L : 0), to);
        // the newest of several blocks in a row is left alone
        samples += block == 4 ? 0 : put;
      }
      long cpu = machine.getProcessCpuTime();
      long wall = System.nanoTime();
      CompactorReport report = compactor(bucket, merge).runOnce(EnumSet.of(task));
      double seconds = (machine.getProcessCpuTime() - cpu) / 1e9;
      double elapsed = (System.nanoTime() - wall) / 1e9;
      if (!report.failures().isEmpty() || report.compactions() + report.downsamples() == 0) {
        throw new IllegalStateException(what + ": " + report);
      }
      OUT.printf(
          Locale.ROOT,
          "%-28s %,12d samples  %6.2f CPU s  %6.2f s  %,14.0f samples/CPU s%n",
          what,
          samples,
          seconds,
          elapsed,
          samples / seconds);
    } finally {
      DISK.deleteTree(root);
    }
  }

  private BucketCompactor compactor(Bucket bucket, Deduplication merge) {
    PrometheusRegistry registry = new PrometheusRegistry();
    return new BucketCompactor(
        CompactorConfig.standard(directory.resolve("scratch"))
            .withReplicaLabels(List.of("replica")),
        new CompactorParts(
            DISK,
            bucket,
            new BlockFetcher(
                bucket, DISK, Optional.empty(), 4, new FetcherMetrics(registry), System::nanoTime),
            merge,
            InstantSource.system(),
            System::nanoTime,
            Thread::sleep,
            new SplittableRandom(1),
            new CompactorMetrics(registry),
            new BucketLease.Terms("compactor", "benchmark", Duration.ofMinutes(10))));
  }

  /// Uploads a block of counters; how many samples it has.
  private long put(Bucket bucket, Labels external, long from, long to) throws IOException {
    Path made = directory.resolve("made");
    Files.createDirectories(made);
    Ulid ulid = Ulid.create(START, random);
    TreeSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
    symbols.addAll(List.of("__name__", "instance", "node_cpu_seconds_total"));
    TreeSet<Labels> all = new TreeSet<>();
    for (int i = 0; i < series; i++) {
      symbols.add("instance-" + i);
      all.add(Labels.of("__name__", "node_cpu_seconds_total", "instance", "instance-" + i));
    }
    BlockMeta meta;
    try (BlockWriter writer = BlockWriter.create(DISK, made, ulid, symbols)) {
      SampleColumns rows = new SampleColumns();
      for (Labels one : all) {
        rows.clear();
        double value = random.nextInt(1_000_000);
        for (long time = from; time < to; time += STEP) {
          value += random.nextInt(1500) / 100.0;
          rows.add(time, value);
        }
        writer.add(one, SampleEncoder.encode(rows));
      }
      meta = writer.finish(BlockMeta.fresh(ulid, from, to, List.of()));
    }
    new BucketBlocks(bucket, InstantSource.system())
        .upload(
            DISK,
            made.resolve(ulid.text()),
            StoredMeta.of(meta, ThanosSection.of(external, 0, ThanosSection.COMPACTOR)));
    DISK.deleteTree(made);
    return meta.stats().samples();
  }
}
