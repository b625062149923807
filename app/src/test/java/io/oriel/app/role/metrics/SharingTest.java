package io.oriel.app.role.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.process.QueryWorkers;
import io.oriel.disk.FileDisk;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.store.GrpcStore;
import io.oriel.federation.store.StoreCursor;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Appender;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.TsdbOptions;
import io.oriel.wire.storeapi.SeriesRequest;
import io.oriel.wire.storeapi.StoreSeries;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The metrics role as its own sidecar.
class SharingTest {
  private static final Labels SERIES = Labels.of("__name__", "m", "job", "j");
  private static final Labels EXTERNAL = Labels.of("cluster", "dev-01", "replica", "0");
  private static final long PATIENCE_MILLIS = 60_000;

  @TempDir private Path directory;

  @Test
  void servesItsSeriesAndUploadsItsBlocks() throws Exception {
    long start = fill(directory.resolve("data"));
    Path config = directory.resolve("prometheus.yml");
    Files.writeString(config, "global: {external_labels: {cluster: dev-01, replica: '0'}}\n");
    Path bucket = directory.resolve("bucket");
    try (QueryWorkers workers = QueryWorkers.start();
        MetricsRole role =
            MetricsRole.start(
                options(config, bucket), new MetricsRole.Shared(workers.workers(), "test"));
        GrpcClient client =
            GrpcClient.create(
                GrpcClientConfig.plain("127.0.0.1:" + role.grpcPort().orElseThrow()),
                GrpcMetrics.ofClient(new PrometheusRegistry()))) {
      GrpcStore store = new GrpcStore(client, Duration.ofSeconds(30));
      assertEquals(List.of(EXTERNAL), store.info().labelSets());
      try (StoreCursor found =
          store.series(
              SeriesRequest.of(
                  start,
                  Long.MAX_VALUE,
                  List.of(
                      Matcher.of(Matcher.Type.EQUAL, "cluster", "dev-01"),
                      Matcher.of(Matcher.Type.EQUAL, "__name__", "m"))))) {
        StoreSeries series = found.next();
        assertNotNull(series);
        assertEquals(
            Labels.of("__name__", "m", "cluster", "dev-01", "job", "j", "replica", "0"),
            series.labels());
        assertTrue(series.chunks().size() > 1);
      }
      StoredMeta meta = awaitBlock(bucket);
      assertEquals(EXTERNAL, meta.thanos().labels());
      assertEquals("sidecar", meta.thanos().source());
      assertEquals(start, meta.block().minMillis());
    }
  }

  /// A block of two hours, and a sample behind it.
  private static long fill(Path data) throws IOException {
    long range = Duration.ofHours(2).toMillis();
    long now = System.currentTimeMillis();
    long start = (now / range - 3) * range;
    Tsdb.Parts parts =
        new Tsdb.Parts(new FileDisk(), () -> Instant.ofEpochMilli(now), Seed.random("ulid"));
    try (Tsdb tsdb = Tsdb.open(data, parts, TsdbOptions.defaults(), _ -> {})) {
      for (long time = start; time < start + range * 2; time += 60_000) {
        try (Appender appender = tsdb.appender()) {
          appender.append(appender.series(SERIES), time, time / 1000.0);
          appender.commit();
        }
      }
      tsdb.compactNow();
      assertEquals(1, tsdb.blocks().size());
    }
    return start;
  }

  private MetricsOptions options(Path config, Path bucket) {
    return PlainMetrics.of(
        config,
        directory.resolve("data"),
        new SharingOptions(
            Optional.of(GrpcServerConfig.plain("127.0.0.1:0")),
            Optional.of(BucketConfig.directory(bucket))),
        Map.of());
  }

  private static StoredMeta awaitBlock(Path bucket) throws IOException, InterruptedException {
    long until = System.currentTimeMillis() + PATIENCE_MILLIS;
    while (System.currentTimeMillis() < until) {
      if (Files.isDirectory(bucket)) {
        try (Stream<Path> files = Files.walk(bucket)) {
          Optional<Path> meta =
              files.filter(file -> file.getFileName().toString().equals("meta.json")).findFirst();
          if (meta.isPresent()) {
            return StoredMeta.parse(meta.get().toString(), Files.readAllBytes(meta.get()));
          }
        }
      }
      Thread.sleep(50);
    }
    throw new AssertionError("no block in the bucket");
  }
}
