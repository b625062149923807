package io.oriel.app.role.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.Disk;
import io.oriel.disk.FileDisk;
import io.oriel.federation.block.BucketBlocks;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.bucket.FilesystemBucket;
import io.oriel.federation.store.GrpcStore;
import io.oriel.federation.store.StoreCursor;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.SampleColumns;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.BlockWriter;
import io.oriel.tsdb.block.Ulid;
import io.oriel.tsdb.chunk.SampleEncoder;
import io.oriel.wire.storeapi.SeriesRequest;
import io.oriel.wire.storeapi.StoreSeries;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(60)
class StoreRoleTest {
  private static final Disk DISK = new FileDisk();
  private static final long HOUR = 3_600_000;

  @TempDir private Path directory;
  private final Closer closer = new Closer();
  private final SplittableRandom random = new SplittableRandom(3);

  @AfterEach
  void stop() {
    closer.close();
  }

  private StoredMeta put(Labels external) throws IOException {
    Path made = Files.createDirectories(directory.resolve("made"));
    Ulid ulid = Ulid.create(HOUR, random);
    SampleColumns rows = new SampleColumns();
    rows.add(1_000, 1);
    TreeSet<String> symbols = new TreeSet<>(List.of("__name__", "up"));
    BlockMeta meta;
    try (BlockWriter writer = BlockWriter.create(DISK, made, ulid, symbols)) {
      writer.add(Labels.of("__name__", "up"), SampleEncoder.encode(rows));
      meta = writer.finish(BlockMeta.fresh(ulid, 0, HOUR, List.of()));
    }
    try (Bucket bucket = FilesystemBucket.open(DISK, directory.resolve("bucket"), 0)) {
      return new BucketBlocks(bucket, InstantSource.system())
          .upload(
              DISK,
              made.resolve(ulid.text()),
              StoredMeta.of(meta, ThanosSection.of(external, 0, ThanosSection.SIDECAR)));
    }
  }

  private StoreRole role() throws IOException {
    Files.createDirectories(directory.resolve("bucket"));
    return closer.push(
        StoreRole.start(
            StoreRole.Options.standard(
                HttpServerConfig.on("127.0.0.1:0"),
                GrpcServerConfig.plain("127.0.0.1:0"),
                BucketConfig.directory(directory.resolve("bucket")),
                directory.resolve("data")),
            "test"));
  }

  private String get(StoreRole role, String path) throws Exception {
    HttpClient client = closer.push(HttpClient.create(HttpClientConfig.standard(), "test"));
    return client
        .send(HttpRequest.get(URI.create("http://127.0.0.1:" + role.httpPort() + path)))
        .text();
  }

  private List<Labels> ask(StoreRole role) throws IOException {
    GrpcClient client =
        closer.push(
            GrpcClient.create(
                new GrpcClientConfig(
                    "127.0.0.1:" + role.grpcPort(),
                    Optional.empty(),
                    GrpcClientConfig.Compression.NONE,
                    1 << 24),
                GrpcMetrics.ofClient(new PrometheusRegistry())));
    List<Labels> found = new ArrayList<>();
    try (StoreCursor cursor =
        new GrpcStore(client, Duration.ofSeconds(20))
            .series(SeriesRequest.of(0, HOUR, List.of(Matcher.metric("up"))))) {
      for (StoreSeries one = cursor.next(); one != null; one = cursor.next()) {
        found.add(one.labels());
      }
    }
    return found;
  }

  @Test
  void servesWhatIsInTheBucketAndWhatComesIntoIt() throws Exception {
    StoredMeta first = put(Labels.of("cluster", "dev"));
    StoreRole role = role();

    assertEquals(List.of(Labels.of("__name__", "up", "cluster", "dev")), ask(role));
    assertEquals("OK\n", get(role, "/-/ready"));
    assertEquals("OK\n", get(role, "/-/healthy"));
    assertTrue(get(role, "/").contains(first.ulid().text()));

    put(Labels.of("cluster", "prod"));
    assertTrue(role.sync());

    assertEquals(2, ask(role).size());
    assertTrue(get(role, "/metrics").contains("thanos_bucket_store_blocks_loaded 2.0"));
  }

  @Test
  void aDamagedBlockIsShownWithItsProblem() throws Exception {
    StoredMeta bad = put(Labels.of("cluster", "dev"));
    Files.delete(directory.resolve("bucket").resolve(bad.ulid().text()).resolve("index"));

    String blocks = get(role(), "/api/v1/blocks");

    assertTrue(
        blocks.contains("\"state\":\"quarantined\"") && blocks.contains("no such object"), blocks);
  }

  @Test
  void flagsAreThoseOfThanos() throws Exception {
    StoreCommand command = new StoreCommand();
    new CommandLine(command)
        .parseArgs(
            "--objstore.config=type: FILESYSTEM\nconfig: {directory: " + directory + "}",
            "--data-dir=" + directory.resolve("data"),
            "--min-time=-6w",
            "--max-time=-2h",
            "--selector.relabel-config=- action: keep\n  source_labels: [cluster]\n  regex: dev.*",
            "--ignore-deletion-marks-delay=12h",
            "--index-cache.config={type: IN-MEMORY, config: {max_size: 10MB, max_item_size: 1MB}}",
            "--store.caching-bucket.config={type: IN-MEMORY, chunk_subrange_size: 8000}",
            "--store.limits.request-series=7",
            "--store.grpc.downloaded-bytes-limit=1GB",
            "--sync-block-duration=1m",
            "--no-store.enable-index-header-lazy-reader",
            "--web.disable",
            "--chunk-pool-size=16MB");

    StoreRole.Options options = command.options();

    assertEquals(Duration.ofMinutes(1), options.syncInterval());
    assertEquals(10 << 20, options.caches().index().maxBytes());
    assertEquals(8_000, options.caches().objects().orElseThrow().subrangeBytes());
    assertEquals(7, options.gateway().limits().series());
    assertEquals(16 << 20, options.gateway().fetchBytes());
    assertTrue(options.gateway().headers().mapEarly());
    assertEquals(Duration.ofHours(12), options.selection().deletionDelay());
    assertTrue(options.selection().shard().apply(Labels.of("cluster", "dev-1")).isPresent());
    assertTrue(options.selection().shard().apply(Labels.of("cluster", "prod")).isEmpty());
    long span =
        options.gateway().maxMillis().getAsLong() - options.gateway().minMillis().getAsLong();
    assertTrue(Math.abs(span - Duration.ofDays(42).minusHours(2).toMillis()) < 1_000);
  }

  private static void assertRefused(String reason, String... flags) {
    StoreCommand command = new StoreCommand();
    new CommandLine(command).parseArgs(flags);
    OrielException refused = assertThrows(OrielException.class, command::options);
    assertTrue(refused.reason().contains(reason), refused.reason());
  }

  @Test
  void flagsThatCannotWorkAreRefusedByName() {
    String bucket = "--objstore.config={type: FILESYSTEM, config: {directory: /nowhere}}";
    assertRefused("want --objstore.config-file");
    assertRefused("want IN-MEMORY", bucket, "--index-cache.config={type: MEMCACHED, config: {}}");
    assertRefused(
        "want IN-MEMORY", bucket, "--store.caching-bucket.config={type: REDIS, config: {}}");
    assertRefused(
        "--min-time: got 2024-01-02T00:00:00Z, want at most --max-time",
        bucket,
        "--min-time=2024-01-02T00:00:00Z",
        "--max-time=2024-01-01T00:00:00Z");
    assertRefused("--block-sync-concurrency: got 0", bucket, "--block-sync-concurrency=0");
    assertRefused(
        "want eager or lazy", bucket, "--store.index-header-lazy-download-strategy=never");
  }
}
