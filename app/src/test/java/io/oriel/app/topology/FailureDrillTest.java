package io.oriel.app.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.Asking;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What fails when something fails, and that all of it recovers by itself: two clusters and the
/// global query over them, everything over mutual TLS.
class FailureDrillTest {
  private static final int SCRAPE_MILLIS = 250;
  private static final List<Topology.Cluster> CLUSTERS =
      List.of(
          new Topology.Cluster("dev-01", "dev", 2, "15d", Topology.LongTerm.standard(), List.of()),
          new Topology.Cluster("ops-01", "ops", 2, "15d", Topology.LongTerm.standard(), List.of()));

  private static Platform platform;
  private static Addresses addresses;
  private static Asking asking;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    Topology topology = new Topology(CLUSTERS, "", SCRAPE_MILLIS, "ops-01");
    int base = Asking.freePorts();
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
  }
}
