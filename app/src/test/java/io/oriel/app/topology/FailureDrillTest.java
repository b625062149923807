package io.oriel.app.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.Asking;
import io.oriel.app.process.Buckets;
import io.oriel.disk.FileDisk;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.upload.Shipper;
import io.oriel.federation.upload.ShipperMetrics;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Appender;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.TsdbOptions;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What fails when something fails, and that all of it recovers by itself: two clusters and the
/// global query over them, everything over mutual TLS.
@Tag("it")
class FailureDrillTest {
  private static final int SCRAPE_MILLIS = 250;
  private static final List<Topology.Cluster> CLUSTERS =
      List.of(
          new Topology.Cluster(
              "dev-01", "dev", 2, "15d", Topology.LongTerm.standard(), List.of(), List.of()),
          new Topology.Cluster(
              "ops-01", "ops", 2, "15d", Topology.LongTerm.standard(), List.of(), List.of()));

  /** When the blocks in the buckets are of. */
  private static Instant longAgo;

  private static Path home;
  private static Platform platform;
  private static Addresses addresses;
  private static Asking asking;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    Topology topology = new Topology(CLUSTERS, "", SCRAPE_MILLIS, "ops-01", Topology.NONE);
    int base = Asking.freePorts();
    home = directory;
    longAgo = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(9));
    for (Topology.Cluster cluster : CLUSTERS) {
      history(directory.resolve(cluster.name()), cluster.name());
    }
    addresses = Addresses.of(topology, base);
    asking = new Asking();
    platform = Platform.start(topology, directory, base, "test", _ -> {});
    for (Topology.Cluster cluster : CLUSTERS) {
      for (Address metrics : addresses.of(cluster.name()).metrics()) {
        asking.await(metrics.url(), "sum(up{job=\"oriel-metrics\"})", a -> Asking.only(a) == 2);
      }
    }
    awaitWhole();
  }

  @AfterAll
  static void stop() {
    asking.close();
    platform.close();
  }

  /// A block in the cluster's bucket that no replica has any more.
  private static void history(Path cluster, String name) throws IOException {
    Path data = cluster.resolve("before");
    TsdbOptions options =
        TsdbOptions.defaults().withBlockRange(Duration.ofHours(2), Duration.ofHours(2));
    InstantSource then = InstantSource.fixed(longAgo.plus(Duration.ofHours(4)));
    try (Tsdb tsdb =
        Tsdb.open(
            data,
            new Tsdb.Parts(new FileDisk(), then, new SplittableRandom(1)),
            options,
            _ -> {})) {
      for (int minute = 0; minute < 240; minute++) {
        try (Appender appender = tsdb.appender()) {
          appender.append(
              appender.series(Labels.of("__name__", "history", "job", "old")),
              longAgo.plus(Duration.ofMinutes(minute)).toEpochMilli(),
              minute);
          appender.commit();
        }
      }
      tsdb.compactNow();
    }
    PrometheusRegistry registry = new PrometheusRegistry();
    try (Bucket bucket =
        Buckets.open(BucketConfig.directory(cluster.resolve("bucket")), registry)) {
      Shipper shipper =
          new Shipper(
              data,
              new Shipper.Parts(
                  new FileDisk(),
                  bucket,
                  then,
                  new ShipperMetrics(registry),
                  () -> Labels.of("cluster", name, "replica", "0"),
                  ThanosSection.SIDECAR));
      assertEquals(1, shipper.sync().uploaded().size());
    }
  }

  private static JsonNode history() throws Exception {
    return asking.query(
        addresses.globalQuery().url(),
        "history",
        "&time=" + longAgo.plus(Duration.ofMinutes(60)).getEpochSecond());
  }

  /// Until the history of both clusters is there.
  private static void awaitHistory() throws Exception {
    JsonNode answer = history();
    for (int i = 0; i < 600 && Asking.labels(answer, "cluster").size() < 2; i++) {
      Thread.sleep(100);
      answer = history();
    }
    assertEquals(List.of("dev-01", "ops-01"), Asking.labels(answer, "cluster"), answer::toString);
    assertTrue(answer.path("warnings").isEmpty(), answer::toString);
  }

  /// Until both clusters answer at the global query, without a warning.
  private static void awaitWhole() throws Exception {
    asking.await(
        addresses.globalQuery().url(),
        "count by (cluster) (up{job=\"node\"})",
        answer ->
            Asking.labels(answer, "cluster").equals(List.of("dev-01", "ops-01"))
                && answer.path("warnings").isEmpty());
  }

  @Test
  void theGlobalQuerySeesEveryTargetOnce() throws Exception {
    JsonNode answer =
        asking.query(
            addresses.globalQuery().url(), "up{cluster=\"dev-01\",job=\"oriel-metrics\"}", "");
    assertEquals(2, answer.at("/data/result").size(), answer::toString);
    assertEquals(List.of("", ""), Asking.labels(answer, "replica"), answer::toString);

    JsonNode each =
        asking.query(
            addresses.globalQuery().url(),
            "up{cluster=\"dev-01\",job=\"oriel-metrics\"}",
            "&dedup=false");
    assertEquals(List.of("0", "0", "1", "1"), Asking.labels(each, "replica"), each::toString);

    JsonNode stores = asking.get(addresses.globalQuery().url(), "/api/v1/stores");
    assertEquals(2, stores.at("/data/query").size(), stores::toString);
    assertEquals(1, stores.at("/data").size(), () -> "only queries are asked: " + stores);
  }

  @Test
  void countersAndNativeHistogramsAreAnsweredEverywhere() throws Exception {
    for (Topology.Cluster cluster : CLUSTERS) {
      List<Address> asked = new ArrayList<>(addresses.of(cluster.name()).metrics());
      asked.add(addresses.of(cluster.name()).query());
      asked.add(addresses.globalQuery());
      for (Address address : asked) {
        asking.await(
            address.url(),
            "count(rate(node_cpu_seconds_total[5s])) > bool 0",
            answer -> Asking.only(answer) == 1);
        asking.await(
            address.url(),
            "histogram_count(sum(prometheus_http_request_duration_seconds)) > bool 0",
            answer -> Asking.only(answer) == 1);
      }
    }
  }

  @Test
  void aReplicaDownLeavesNoGap() throws Exception {
    String query = "count_over_time(up{cluster=\"dev-01\",job=\"node\"}[5s]) > 0";
    JsonNode before = asking.query(addresses.globalQuery().url(), "time()", "");
    double start = before.at("/data/result/0").asDouble();
    platform.roles().stop("dev-01-metrics-0");
    Thread.sleep(8_000);
    double end =
        asking.query(addresses.globalQuery().url(), "time()", "").at("/data/result/0").asDouble();

    JsonNode answer = asking.range(addresses.globalQuery().url(), query, start, end, 1);
    assertEquals(1, answer.at("/data/result").size(), answer::toString);
    assertEquals(
        (int) (end - start) + 1, answer.at("/data/result/0/values").size(), answer::toString);

    platform.roles().start("dev-01-metrics-0");
    awaitWhole();
    asking.await(
        addresses.of("dev-01").query().url(),
        "up{cluster=\"dev-01\",job=\"node\"} == 1",
        answered -> answered.path("warnings").isEmpty());
  }

  @Test
  void aStoreDownCostsItsClustersHistoryOnly() throws Exception {
    awaitHistory();
    platform.roles().stop("dev-01-store");

    JsonNode old = awaitWarning();
    assertEquals(List.of("ops-01"), Asking.labels(old, "cluster"), old::toString);
    assertTrue(old.path("warnings").toString().contains("dev-01"), old::toString);
    JsonNode hot =
        asking.query(addresses.globalQuery().url(), "count by (cluster) (up{job=\"node\"})", "");
    assertEquals(List.of("dev-01", "ops-01"), Asking.labels(hot, "cluster"), hot::toString);

    platform.roles().start("dev-01-store");
    awaitHistory();
  }

  private static JsonNode awaitWarning() throws Exception {
    JsonNode answer = history();
    for (int i = 0; i < 300 && answer.path("warnings").isEmpty(); i++) {
      Thread.sleep(100);
      answer = history();
    }
    return answer;
  }

  /// The store is asked for samples that it has not read before, so that no cache has them.
  @Test
  void anUnreachableBucketLeavesHotData() throws Exception {
    awaitHistory();
    Path bucket = home.resolve("dev-01").resolve("bucket");
    Path away = home.resolve("dev-01").resolve("bucket-away");
    Files.move(bucket, away);
    Files.writeString(bucket, "a file where a directory should be");
    try {
      JsonNode hot =
          asking.query(addresses.globalQuery().url(), "count by (cluster) (up{job=\"node\"})", "");
      assertEquals(List.of("dev-01", "ops-01"), Asking.labels(hot, "cluster"), hot::toString);
      JsonNode old =
          asking.query(
              addresses.globalQuery().url(),
              "count_over_time(history[3h])",
              "&time=" + longAgo.plus(Duration.ofHours(2)).getEpochSecond());
      assertTrue(Asking.labels(old, "cluster").contains("ops-01"), old::toString);
      assertEquals(
          Asking.labels(old, "cluster").contains("dev-01"),
          old.path("warnings").isEmpty(),
          () -> "an answer without dev-01 says so: " + old);
    } finally {
      Files.delete(bucket);
      Files.move(away, bucket);
    }
    awaitHistory();
  }

  @Test
  void aClusterDownIsNamedAndTheOthersAnswer() throws Exception {
    List<String> roles = platform.roles().of("dev-01");
    for (String role : roles) {
      platform.roles().stop(role);
    }
    JsonNode answer =
        asking.await(
            addresses.globalQuery().url(),
            "count by (cluster) (up{job=\"node\"})",
            got -> !got.path("warnings").isEmpty());
    assertEquals(List.of("ops-01"), Asking.labels(answer, "cluster"), answer::toString);
    assertTrue(answer.path("warnings").toString().contains("dev-01"), answer::toString);

    JsonNode strict =
        asking.query(addresses.globalQuery().url(), "up{job=\"node\"}", "&partial_response=false");
    assertEquals("error", strict.path("status").asString(), strict::toString);
    assertTrue(strict.path("error").asString().contains("dev-01"), strict::toString);
    JsonNode other = asking.query(addresses.globalQuery().url(), "up{cluster=\"ops-01\"}", "");
    assertTrue(other.path("warnings").isEmpty(), () -> "it was not asked for: " + other);
    assertFalse(other.at("/data/result").isEmpty(), other::toString);

    platform.roles().startAll(roles);
    awaitWhole();
    awaitHistory();
  }
}
