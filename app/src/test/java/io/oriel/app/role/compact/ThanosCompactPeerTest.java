package io.oriel.app.role.compact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.Asking;
import io.oriel.app.process.Buckets;
import io.oriel.app.role.query.Alike;
import io.oriel.app.role.query.Thanos;
import io.oriel.app.role.store.StoreRole;
import io.oriel.disk.FileDisk;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.dedup.Deduplication;
import io.oriel.federation.upload.Shipper;
import io.oriel.federation.upload.ShipperMetrics;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Appender;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.testkit.Peer;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.TsdbOptions;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One bucket compacted by Thanos and a copy of it by us: whoever reads them finds the same.
class ThanosCompactPeerTest {
  private static final long STEP = 120_000;
  private static final Duration RANGE = Duration.ofDays(2);

  @TempDir private Path directory;
  private final Closer closer = new Closer();
  private long start;
  private long end;

  @BeforeEach
  void fill() throws Exception {
    Path _ = Peer.require("thanos");
    long now = System.currentTimeMillis();
    start = (now / RANGE.toMillis() - 3) * RANGE.toMillis();
    end = start + 2 * RANGE.toMillis() - STEP;
    for (int replica = 0; replica < 2; replica++) {
      fill(directory.resolve("data-" + replica), replica);
      upload(directory.resolve("data-" + replica), replica);
    }
    copy(directory.resolve("theirs"), directory.resolve("ours"));
  }

  @AfterEach
  void close() {
    closer.close();
  }

  private void fill(Path data, int replica) throws IOException {
    TsdbOptions options = TsdbOptions.defaults().withBlockRange(RANGE, RANGE);
    Tsdb.Parts parts =
        new Tsdb.Parts(
            new FileDisk(), () -> Instant.ofEpochMilli(end), Seed.random("ulid" + replica));
    SplittableRandom random = new SplittableRandom(11);
    double total = 0;
    try (Tsdb tsdb = Tsdb.open(data, parts, options, _ -> {})) {
      for (long time = start; time <= end + RANGE.toMillis() / 2 + 2 * STEP; time += STEP) {
        total = random.nextInt(500) == 0 ? 0 : total + random.nextInt(20);
        boolean missed = time / STEP / 50 % 4 == 2L * replica;
        try (Appender appender = tsdb.appender()) {
          for (int pod = 0; pod < 3 && !missed; pod++) {
            String name = "p" + pod;
            appender.append(
                appender.series(Labels.of("__name__", "requests_total", "pod", name)),
                time,
                total * (pod + 1.0));
            appender.append(
                appender.series(Labels.of("__name__", "temperature", "pod", name)),
                time,
                (time / STEP * (pod + 3L)) % 17 / 4.0);
          }
          appender.commit();
        }
      }
      tsdb.compactNow();
      assertEquals(2, tsdb.blocks().size());
    }
  }

  private void upload(Path data, int replica) throws IOException {
    PrometheusRegistry registry = new PrometheusRegistry();
    Shipper shipper =
        new Shipper(
            data,
            new Shipper.Parts(
                new FileDisk(),
                closer.push(
                    Buckets.open(BucketConfig.directory(directory.resolve("theirs")), registry)),
                InstantSource.system(),
                new ShipperMetrics(registry),
                () -> Labels.of("cluster", "dev-01", "replica", Integer.toString(replica)),
                ThanosSection.SIDECAR));
    assertEquals(2, shipper.sync().uploaded().size());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copied = to.resolve(from.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(copied);
        } else {
          Files.copy(file, copied);
        }
      }
    }
  }

  private void compactOurs(Path bucket, Deduplication merge) throws Exception {
    CompactRole.Options standard =
        CompactRole.Options.standard(
            HttpServerConfig.on("127.0.0.1:0"),
            BucketConfig.directory(bucket),
            directory.resolve("compact-ours"));
    try (CompactRole role =
        CompactRole.start(
            new CompactRole.Options(
                standard.http(),
                standard.bucket(),
                standard.data(),
                standard
                    .compaction()
                    .withDelays(Duration.ZERO, Duration.ofDays(2))
                    .withReplicaLabels(List.of("replica")),
                merge,
                standard.metaReads(),
                CompactRole.Repeat.once()),
            "test")) {
      assertTrue(role.await(), "work was left");
    }
  }

  /// Merged one to one, so that every sample of both replicas is kept and nothing is chosen.
  @Test
  void theSameBlocksAndAnswers() throws Exception {
    Path theirs = directory.resolve("theirs");
    Path ours = directory.resolve("ours");
    Thanos thanos = new Thanos(directory, closer);
    String _ =
        thanos.compact(
            theirs,
            "--compact.enable-vertical-compaction",
            "--deduplication.replica-label=replica");
    compactOurs(ours, Deduplication.CHAIN);

    assertEquals(live(theirs), live(ours));

    Asking asking = closer.push(new Asking());
    String theirAnswer = thanos.query(List.of(thanos.store(theirs).grpc())).url();
    String ourAnswer = thanos.query(List.of(thanos.store(ours).grpc())).url();
    StoreRole gateway =
        closer.push(
            StoreRole.start(
                StoreRole.Options.standard(
                    HttpServerConfig.on("127.0.0.1:0"),
                    GrpcServerConfig.plain("127.0.0.1:0"),
                    BucketConfig.directory(theirs),
                    directory.resolve("store-gateway")),
                "test"));
    String gatewayAnswer = thanos.query(List.of("127.0.0.1:" + gateway.grpcPort())).url();
    int compared = 0;
    for (String query :
        List.of(
            "temperature",
            "count_over_time(temperature[1h])",
            "sum_over_time(temperature[1h])",
            "min_over_time(temperature[1h])",
            "max_over_time(temperature[1h])",
            "avg_over_time(temperature[2h])",
            "rate(requests_total[1h])",
            "sum(increase(requests_total[6h]))")) {
      for (String resolution : List.of("0s", "5m")) {
        String asked =
            "/api/v1/query_range?query=%s&start=%s&end=%s&step=1830&max_source_resolution=%s"
                .formatted(Asking.encoded(query), start / 1e3 + 3600, end / 1e3 - 3600, resolution);
        Alike.assertAlike(
            query + " at " + resolution,
            asking.get(theirAnswer, asked),
            asking.get(ourAnswer, asked));
        Alike.assertAlike(
            query + " at " + resolution + " by our gateway",
            asking.get(theirAnswer, asked),
            asking.get(gatewayAnswer, asked));
        compared++;
      }
    }
    System.out.println("thanos compact: " + compared + " answers over both buckets the same");
  }

  /// Where one replica is missing, the penalty costs samples; ours, which looks at whole series and
  /// not at each run of overlapping chunks anew, loses no more than theirs.
  @Test
  void theSameBlocksWhenReplicasAreMergedByPenalty() throws Exception {
    Path theirs = directory.resolve("theirs");
    Path ours = directory.resolve("ours");
    String _ =
        new Thanos(directory, closer)
            .compact(
                theirs,
                "--compact.enable-vertical-compaction",
                "--deduplication.replica-label=replica",
                "--deduplication.func=penalty");
    compactOurs(ours, Deduplication.PENALTY);

    List<StoredMeta> wanted = blocks(theirs);
    List<StoredMeta> made = blocks(ours);
    assertEquals(wanted.size(), made.size());
    for (int i = 0; i < made.size(); i++) {
      assertEquals(wanted.get(i).group(), made.get(i).group());
      assertEquals(wanted.get(i).block().minMillis(), made.get(i).block().minMillis());
      assertEquals(wanted.get(i).block().maxMillis(), made.get(i).block().maxMillis());
      assertTrue(
          made.get(i).block().stats().samples() >= wanted.get(i).block().stats().samples(),
          () -> live(made) + " and theirs " + live(wanted));
    }
  }

  @Test
  void theirToolsFindNothingWrongInWhatWeCompacted() throws Exception {
    Path ours = directory.resolve("ours");
    compactOurs(ours, Deduplication.PENALTY);
    String verified =
        Peer.run(
            directory.resolve("verify.log"),
            "thanos",
            "tools",
            "bucket",
            "verify",
            "--issues=index_known_issues",
            "--issues=overlapped_blocks",
            "--objstore.config-file=" + new Thanos(directory, closer).bucketConfig(ours));
    assertFalse(verified.contains("level=error"), verified);
  }

  private static String live(List<StoredMeta> blocks) {
    StringBuilder text = new StringBuilder();
    for (StoredMeta meta : blocks) {
      text.append(
          "%d-%d %s samples %d series %d%n"
              .formatted(
                  meta.block().minMillis(),
                  meta.block().maxMillis(),
                  meta.group(),
                  meta.block().stats().samples(),
                  meta.block().stats().series()));
    }
    return text.toString();
  }

  private static String live(Path bucket) throws IOException {
    return live(blocks(bucket));
  }

  /// The blocks that are not marked for deletion.
  private static List<StoredMeta> blocks(Path bucket) throws IOException {
    List<StoredMeta> blocks = new ArrayList<>();
    try (Stream<Path> directories = Files.list(bucket)) {
      for (Path block : directories.filter(Files::isDirectory).toList()) {
        Path file = block.resolve("meta.json");
        if (Files.exists(file) && !Files.exists(block.resolve("deletion-mark.json"))) {
          blocks.add(StoredMeta.parse(file.toString(), Files.readAllBytes(file)));
        }
      }
    }
    blocks.sort(
        Comparator.comparing(StoredMeta::group)
            .thenComparingLong(meta -> meta.block().minMillis()));
    return blocks;
  }
}
