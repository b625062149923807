package io.oriel.benchmarks.store;

import io.oriel.disk.FileDisk;
import io.oriel.federation.block.BlockFetcher;
import io.oriel.federation.block.FetcherMetrics;
import io.oriel.federation.block.MetaFilter;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.FilesystemBucket;
import io.oriel.federation.store.StoreCursor;
import io.oriel.federation.storegateway.GatewayMetrics;
import io.oriel.federation.storegateway.GatewayOptions;
import io.oriel.federation.storegateway.GatewayParts;
import io.oriel.federation.storegateway.IndexCache;
import io.oriel.federation.storegateway.StoreGateway;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.BlockWriter;
import io.oriel.tsdb.block.Ulid;
import io.oriel.tsdb.chunk.SampleEncoder;
import io.oriel.wire.storeapi.SeriesRequest;
import io.oriel.wire.storeapi.StoreSeries;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// Prints the heap after a start over 10 to 2000 blocks, and time and bytes of one query of many
/// series, cold and warm. Arguments: how many series that query has, default 50000; a directory to
/// work in, default a temporary one.
public final class StoreGatewayBench {
  private static final long TWO_HOURS = 7_200_000;
  private static final long START = 1_699_920_000_000L;
  private static final int SMALL_BLOCK = 1_000;
  private static final FileDisk DISK = new FileDisk();
  private static final PrintStream OUT = System.out;

  private final SplittableRandom random = new SplittableRandom(42);
  private final Path directory;

  private StoreGatewayBench(Path directory) {
    this.directory = directory;
  }

  public static void main(String[] args) throws Exception {
    int series = args.length > 0 ? Integer.parseInt(args[0]) : 50_000;
    Path root = args.length > 1 ? Path.of(args[1]) : Files.createTempDirectory("oriel-store");
    StoreGatewayBench bench = new StoreGatewayBench(root);
    try {
      bench.memory();
      bench.query(series);
    } finally {
      DISK.deleteTree(root);
    }
  }

  private void memory() throws IOException {
    Path template = write("template", SMALL_BLOCK);
    Path bucket = Files.createDirectories(directory.resolve("many"));
    int blocks = 0;
    for (int wanted : List.of(10, 100, 500, 1_000, 2_000)) {
      for (; blocks < wanted; blocks++) {
        copy(template, bucket, START + blocks * TWO_HOURS);
      }
      start("first start", bucket, wanted);
      start("start again", bucket, wanted);
    }
  }

  private void start(String what, Path objects, int blocks) throws IOException {
    long before = heap();
    long nanos = System.nanoTime();
    PrometheusRegistry registry = new PrometheusRegistry();
    try (Bucket bucket = FilesystemBucket.open(DISK, objects, 0);
        StoreGateway gateway = gateway(bucket, "data-many", registry)) {
      gateway.sync();
      double seconds = (System.nanoTime() - nanos) / 1e9;
      long held = heap() - before;
      if (gateway.blocks().size() != blocks) {
        throw new IllegalStateException("blocks: " + gateway.blocks().size());
      }
      OUT.printf(
          Locale.ROOT,
          "%-12s %,6d blocks of %,d series  %6.2f s  heap held %,9d KiB  (%,.1f KiB a block)%n",
          what,
          blocks,
          SMALL_BLOCK,
          seconds,
          held >> 10,
          held / 1024.0 / blocks);
    }
  }

  private static long heap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private StoreGateway gateway(Bucket bucket, String data, PrometheusRegistry registry) {
    return new StoreGateway(
        GatewayOptions.standard(directory.resolve(data)),
        new GatewayParts(
            DISK,
            bucket,
            new BlockFetcher(
                bucket,
                DISK,
                Optional.of(directory.resolve(data).resolve("meta-syncer")),
                32,
                new FetcherMetrics(registry),
                System::nanoTime),
            List.of(MetaFilter.duplicates()),
            new IndexCache(IndexCache.Config.ofSize(250L << 20), registry),
            new GatewayMetrics(registry),
            InstantSource.system(),
            System::nanoTime));
  }

  private void query(int series) throws IOException {
    Path template = write("large", series);
    Path objects = Files.createDirectories(directory.resolve("one"));
    copy(template, objects, START);
    PrometheusRegistry registry = new PrometheusRegistry();
    try (Bucket bucket = FilesystemBucket.open(DISK, objects, 0);
        StoreGateway gateway = gateway(bucket, "data-one", registry)) {
      gateway.sync();
      for (String what : List.of("cold", "warm", "warm", "warm")) {
        long before = fetched(registry);
        long nanos = System.nanoTime();
        long chunkBytes = 0;
        int found = 0;
        try (StoreCursor cursor =
            gateway.series(
                SeriesRequest.of(
                    START, START + TWO_HOURS, List.of(Matcher.metric("node_cpu_seconds_total"))))) {
          for (StoreSeries one = cursor.next(); one != null; one = cursor.next()) {
            found++;
            for (var chunk : one.chunks()) {
              chunkBytes += chunk.raw() == null ? 0 : chunk.raw().data().remaining();
            }
          }
          if (!cursor.warnings().isEmpty()) {
            throw new IllegalStateException(cursor.warnings().toString());
          }
        }
        OUT.printf(
            Locale.ROOT,
            "query %s: %,d series, %,d KiB of chunks  %.2f s  %,d KiB read%n",
            what,
            found,
            chunkBytes >> 10,
            (System.nanoTime() - nanos) / 1e9,
            fetched(registry) - before >> 10);
      }
    }
  }

  private static long fetched(PrometheusRegistry registry) {
    double bytes = 0;
    for (MetricSnapshot family : registry.scrape()) {
      if (family instanceof HistogramSnapshot histogram
          && family
              .getMetadata()
              .getPrometheusName()
              .equals("thanos_bucket_store_series_data_size_fetched_bytes")) {
        for (var point : histogram.getDataPoints()) {
          bytes += point.getSum();
        }
      }
    }
    return (long) bytes;
  }

  /// The directory of a block of two hours, a sample every 15 s.
  private Path write(String name, int series) throws IOException {
    Path made = Files.createDirectories(directory.resolve(name));
    Ulid ulid = Ulid.create(START, random);
    TreeSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
    symbols.addAll(List.of("__name__", "instance", "node_cpu_seconds_total"));
    TreeSet<Labels> all = new TreeSet<>();
    for (int i = 0; i < series; i++) {
      symbols.add("instance-" + i);
      all.add(Labels.of("__name__", "node_cpu_seconds_total", "instance", "instance-" + i));
    }
    try (BlockWriter writer = BlockWriter.create(DISK, made, ulid, symbols)) {
      SampleColumns rows = new SampleColumns();
      for (Labels one : all) {
        rows.clear();
        double value = random.nextInt(1_000_000);
        for (long time = START; time < START + TWO_HOURS; time += 15_000) {
          value += random.nextInt(1500) / 100.0;
          rows.add(time, value);
        }
        writer.add(one, SampleEncoder.encode(rows));
      }
      writer.finish(BlockMeta.fresh(ulid, START, START + TWO_HOURS, List.of()));
    }
    return made.resolve(ulid.text());
  }

  /// Puts a block of its own name into a bucket; its files are links.
  private void copy(Path block, Path bucket, long from) throws IOException {
    Ulid ulid = Ulid.create(from, random);
    Path to = Files.createDirectories(bucket.resolve(ulid.text()).resolve("chunks"));
    Files.createLink(to.resolve("000001"), block.resolve("chunks").resolve("000001"));
    Files.createLink(bucket.resolve(ulid.text()).resolve("index"), block.resolve("index"));
    StoredMeta meta =
        StoredMeta.of(
            BlockMeta.fresh(ulid, from, from + TWO_HOURS, List.of()),
            ThanosSection.of(Labels.of("cluster", "dev"), 0, ThanosSection.SIDECAR));
    Files.write(bucket.resolve(ulid.text()).resolve("meta.json"), meta.encode());
  }
}
