package io.oriel.federation.storegateway;

import io.oriel.disk.Disk;
import io.oriel.disk.FileDisk;
import io.oriel.federation.block.BlockFetcher;
import io.oriel.federation.block.BucketBlocks;
import io.oriel.federation.block.FetcherMetrics;
import io.oriel.federation.block.MetaFilter;
import io.oriel.federation.block.SampleBlocks;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.Content;
import io.oriel.federation.bucket.FaultyBucket;
import io.oriel.federation.bucket.MemoryBucket;
import io.oriel.federation.store.Store;
import io.oriel.federation.store.StoreCursor;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.Ulid;
import io.oriel.wire.storeapi.SeriesRequest;
import io.oriel.wire.storeapi.StoreSeries;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/// A bucket with blocks, and gateways over it, for tests.
final class Shelf {
  static final Disk DISK = new FileDisk();

  final MemoryBucket memory = new MemoryBucket();
  final FaultyBucket bucket = new FaultyBucket(memory);
  final AtomicLong nanos = new AtomicLong();
  final AtomicLong now = new AtomicLong(1_700_000_000_000L);
  final Path directory;
  private final SplittableRandom random = new SplittableRandom(7);
  private PrometheusRegistry registry = new PrometheusRegistry();

  Shelf(Path directory) {
    this.directory = directory;
  }

  /// What the newest gateway counts.
  PrometheusRegistry registry() {
    return registry;
  }

  /// Uploads a block of {@code series}.
  StoredMeta put(Labels external, long from, long to, SortedMap<Labels, SampleColumns> series)
      throws IOException {
    Path made = Files.createDirectories(directory.resolve("made"));
    Ulid ulid = Ulid.create(now.incrementAndGet(), random);
    BlockMeta meta = SampleBlocks.write(made, ulid, from, to, series);
    return put(made, meta, external, 0);
  }

  /// Uploads a block that lies below {@code parent}.
  StoredMeta put(Path parent, BlockMeta meta, Labels external, long resolutionMillis)
      throws IOException {
    return new BucketBlocks(memory, () -> Instant.ofEpochMilli(now.get()))
        .upload(
            DISK,
            parent.resolve(meta.ulid().text()),
            StoredMeta.of(
                meta, ThanosSection.of(external, resolutionMillis, ThanosSection.SIDECAR)));
  }

  GatewayOptions options() {
    return GatewayOptions.standard(directory.resolve("data"));
  }

  /// A gateway over the bucket as it is now, after its first look.
  StoreGateway gateway() throws IOException {
    StoreGateway gateway = gateway(options());
    gateway.sync();
    return gateway;
  }

  StoreGateway gateway(GatewayOptions options) {
    return gateway(options, bucket);
  }

  StoreGateway gateway(GatewayOptions options, Bucket from) {
    registry = new PrometheusRegistry();
    return new StoreGateway(
        options,
        new GatewayParts(
            DISK,
            from,
            new BlockFetcher(
                from,
                DISK,
                Optional.of(directory.resolve("meta-syncer")),
                4,
                new FetcherMetrics(registry),
                nanos::get),
            List.of(
                MetaFilter.deletionMarks(
                    Duration.ofHours(24), () -> Instant.ofEpochMilli(now.get())),
                MetaFilter.duplicates()),
            new IndexCache(IndexCache.Config.ofSize(1 << 20), registry),
            new GatewayMetrics(registry),
            () -> Instant.ofEpochMilli(now.get()),
            nanos::get));
  }

  /// Puts other bytes in place of an object.
  void replace(String object, byte[] bytes) {
    now.incrementAndGet();
    memory.time(now.get());
    memory.upload(object, Content.of(bytes));
  }

  byte[] bytes(String object) {
    return memory.read(object, 1 << 30);
  }

  /// An answer, whole.
  record Answer(List<StoreSeries> series, List<String> warnings) {
    List<Labels> labels() {
      return series.stream().map(StoreSeries::labels).toList();
    }
  }

  static Answer ask(Store store, SeriesRequest request) throws IOException {
    List<StoreSeries> all = new ArrayList<>();
    try (StoreCursor cursor = store.series(request)) {
      for (StoreSeries one = cursor.next(); one != null; one = cursor.next()) {
        all.add(one);
      }
      return new Answer(all, cursor.warnings());
    }
  }
}
