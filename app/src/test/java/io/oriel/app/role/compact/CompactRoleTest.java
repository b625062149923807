package io.oriel.app.role.compact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.process.BucketFill;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.compact.CompactorConfig;
import io.oriel.federation.dedup.Deduplication;
import io.oriel.federation.downsample.Resolution;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpServerConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(120)
class CompactRoleTest {
  private static final Labels DEV = Labels.of("cluster", "dev-01", "replica", "0");
  private static final Labels TWIN = Labels.of("cluster", "dev-01", "replica", "1");
  private static final long START = 1_699_920_000_000L / (8 * 3_600_000) * (8 * 3_600_000);

  @TempDir private Path directory;
  private Path root = Path.of("");
  private BucketFill fill = new BucketFill(root);

  @BeforeEach
  void bucket() throws IOException {
    root = Files.createDirectories(directory.resolve("bucket"));
    fill = new BucketFill(root);
  }

  private CompactRole.Options options(CompactRole.Repeat repeat) {
    CompactRole.Options standard =
        CompactRole.Options.standard(
            HttpServerConfig.on("127.0.0.1:0"),
            BucketConfig.directory(root),
            directory.resolve("data"));
    return new CompactRole.Options(
        standard.http(),
        standard.bucket(),
        standard.data(),
        standard.compaction().withReplicaLabels(List.of("replica")),
        standard.merge(),
        standard.metaReads(),
        repeat);
  }

  private static String get(int port, String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.create(HttpClientConfig.standard(), "test")) {
      return client.send(HttpRequest.get(URI.create("http://127.0.0.1:" + port + path))).text();
    }
  }

  @Test
  void mergesReplicasAndRangesOnce() throws Exception {
    for (int i = 0; i < 5; i++) {
      fill.put(DEV, START + i * BucketFill.TWO_HOURS);
      fill.put(TWIN, START + i * BucketFill.TWO_HOURS);
    }
    try (CompactRole role = CompactRole.start(options(CompactRole.Repeat.once()), "test")) {
      assertTrue(role.await());

      assertEquals(
          List.of(480L, 120L),
          fill.blocks().stream().map(meta -> meta.block().stats().samples()).toList());
      assertEquals(
          List.of(Labels.of("cluster", "dev-01"), Labels.of("cluster", "dev-01")),
          fill.blocks().stream().map(meta -> meta.thanos().labels()).toList());
      String metrics = get(role.port(), "/metrics");
      for (String line :
          List.of(
              "thanos_compact_iterations_total 1.0",
              "thanos_compact_group_compactions_total{resolution=\"0\"} 6.0",
              "thanos_compact_group_vertical_compactions_total{resolution=\"0\"} 5.0",
              "thanos_compact_group_compactions_failures_total{resolution=\"0\"} 0.0",
              "thanos_compact_halted 0.0",
              "thanos_compact_todo_compactions 0.0",
              "thanos_compact_todo_compaction_blocks 0.0",
              "oriel_compact_failed_runs_total 0.0")) {
        assertTrue(metrics.contains("\n" + line + "\n"), () -> line + " in " + metrics);
      }
      assertEquals("OK\n", get(role.port(), "/-/healthy"));
      assertEquals("OK\n", get(role.port(), "/-/ready"));
      assertTrue(get(role.port(), "/").contains("Oriel compact"));
    }
  }

  @Test
  void goesOnAfterTheBucketWasAway() throws Exception {
    Path away = directory.resolve("away");
    Duration soon = Duration.ofMillis(50);
    try (CompactRole role =
        CompactRole.start(options(CompactRole.Repeat.every(soon, Duration.ZERO)), "test")) {
      Files.move(root, away);
      Files.writeString(root, "no directory");
      while (failures(role) < 2) {
        Thread.sleep(20);
      }
      assertEquals("OK\n", get(role.port(), "/-/ready"));
      assertTrue(get(role.port(), "/metrics").contains("thanos_compact_halted 0.0"));

      Files.delete(root);
      Files.move(away, root);
      for (int i = 0; i < 5; i++) {
        fill.put(DEV, START + i * BucketFill.TWO_HOURS);
      }
      while (fill.blocks().size() != 2) {
        Thread.sleep(20);
      }
    }
    assertEquals(
        List.of(480L, 120L),
        fill.blocks().stream().map(meta -> meta.block().stats().samples()).toList());
  }

  private static double failures(CompactRole role) throws IOException, InterruptedException {
    return value(role, "oriel_compact_failed_runs_total ");
  }

  @Test
  void onlyOneOfTwoWorks() throws Exception {
    for (int i = 0; i < 5; i++) {
      fill.put(DEV, START + i * BucketFill.TWO_HOURS);
    }
    Duration soon = Duration.ofMillis(20);
    CompactRole.Repeat often = CompactRole.Repeat.every(soon, Duration.ZERO);
    CompactRole.Options second =
        new CompactRole.Options(
            HttpServerConfig.on("127.0.0.1:0"),
            BucketConfig.directory(root),
            directory.resolve("other"),
            CompactorConfig.standard(directory.resolve("other").resolve("compact"))
                .withReplicaLabels(List.of("replica")),
            Deduplication.CHAIN,
            4,
            often);
    try (CompactRole one = CompactRole.start(options(often), "test");
        CompactRole other = CompactRole.start(second, "test")) {
      while (fill.blocks().size() != 2) {
        Thread.sleep(20);
      }
      double merges = merges(one) + merges(other);
      assertEquals(1, merges);
    }
  }

  private static double merges(CompactRole role) throws IOException, InterruptedException {
    return value(role, "thanos_compact_group_compactions_total{resolution=\"0\"} ");
  }

  private static double value(CompactRole role, String name)
      throws IOException, InterruptedException {
    return get(role.port(), "/metrics")
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .sum();
  }

  @Test
  void oneRunThatFailsIsToldByTheExitCode() throws Exception {
    Files.createDirectories(root.resolve("oriel"));
    Files.writeString(root.resolve("oriel").resolve("leases"), "no directory");
    try (CompactRole role = CompactRole.start(options(CompactRole.Repeat.once()), "test")) {
      assertFalse(role.await());
    }
  }

  private static CompactRole.Options parse(String... args) throws IOException {
    CompactCommand command = new CompactCommand();
    new CommandLine(command).parseArgs(args);
    return command.options();
  }

  @Test
  void understandsUpstreamsFlags() throws Exception {
    CompactRole.Options options =
        parse(
            "--objstore.config={type: FILESYSTEM, config: {directory: " + root + "}}",
            "--data-dir=" + directory.resolve("d"),
            "--wait",
            "--wait-interval=10m",
            "--retention.resolution-raw=30d",
            "--retention.resolution-5m=90d",
            "--retention.resolution-1h=1y",
            "--deduplication.replica-label=replica",
            "--deduplication.func=penalty",
            "--compact.concurrency=3",
            "--downsample.concurrency=2",
            "--block-files-concurrency=4",
            "--compact.cleanup-interval=1m",
            "--delete-delay=24h",
            "--consistency-delay=1h",
            "--compact.enable-vertical-compaction",
            "--disable-admin-operations",
            "--selector.relabel-config=[{action: keep, source_labels: [cluster], regex: dev}]");

    CompactorConfig config = options.compaction();
    assertEquals(Duration.ofDays(30), config.retention().get(Resolution.RAW));
    assertEquals(Duration.ofDays(365), config.retention().get(Resolution.ONE_HOUR));
    assertEquals(
        new CompactorConfig.Pace(3, 2, 4, Duration.ofMinutes(1), Duration.ofMinutes(5)),
        config.pace());
    assertEquals(Duration.ofHours(24), config.deleteDelay());
    assertEquals(Duration.ofHours(1), config.consistencyDelay());
    assertEquals(Deduplication.PENALTY, options.merge());
    assertTrue(config.downsamples());
    assertTrue(config.scratchBytes() > 1 << 20);
    assertEquals(
        CompactRole.Repeat.every(Duration.ofMinutes(10), Duration.ofMinutes(1)), options.repeat());
    assertFalse(config.shard().apply(Labels.of("cluster", "prod").toBuilder()));
  }

  @Test
  void refusesPenaltyWithoutReplicaLabels() {
    OrielException refused =
        assertThrows(
            OrielException.class,
            () ->
                parse(
                    "--objstore.config={type: FILESYSTEM, config: {directory: " + root + "}}",
                    "--deduplication.func=penalty"));
    assertTrue(refused.reason().contains("--deduplication.replica-label"));
  }
}
