package io.oriel.app.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.Asking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Clusters as processes: one is killed without warning.
class IsolatedPlatformTest {
  private static final Set<String> BOTH = Set.of("dev-01", "ops-01");

  @TempDir private Path directory;

  @Test
  void aKilledClusterIsNamedAndComesBackByItself() throws Exception {
    Path file = directory.resolve("topology.yaml");
    Files.writeString(
        file,
        """
        scrape_interval: 500ms
        search_engine: none
        clusters:
          - {name: dev-01, replicas: 1}
          - {name: ops-01, replicas: 1}
        """);
    Topology topology = Topology.load(file);
    int base = Asking.freePorts();
    Addresses addresses = Addresses.of(topology, base);
    Map<String, Long> pids = new ConcurrentHashMap<>();
    try (IsolatedPlatform _ =
            IsolatedPlatform.start(
                topology,
                addresses,
                directory,
                new IsolatedPlatform.Children(command(file, base), Duration.ofSeconds(3)),
                "test",
                (_, now) -> pids.putAll(now));
        Asking asking = new Asking()) {
      awaitBoth(asking, addresses);
      long killed = pids.getOrDefault("dev-01", 0L);
      assertTrue(ProcessHandle.of(killed).orElseThrow().destroyForcibly());

      JsonNode partial =
          asking.await(
              addresses.globalQuery().url(),
              "count by (cluster) (up{job=\"node\"})",
              got -> !got.path("warnings").isEmpty());
      assertEquals(List.of("ops-01"), Asking.labels(partial, "cluster"), partial::toString);
      assertTrue(partial.path("warnings").toString().contains("dev-01"), partial::toString);

      awaitBoth(asking, addresses);
      assertNotEquals(killed, pids.get("dev-01"));
    }
    for (String cluster : BOTH) {
      assertFalse(isAlive(pids.getOrDefault(cluster, 0L)), cluster);
    }
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  private static void awaitBoth(Asking asking, Addresses addresses) throws Exception {
    asking.await(
        addresses.globalQuery().url(),
        "count by (cluster) (up{job=\"node\"})",
        got ->
            Set.copyOf(Asking.labels(got, "cluster")).equals(BOTH)
                && got.path("warnings").isEmpty());
  }

  private List<String> command(Path file, int base) throws IOException {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        "io.oriel.app.Main",
        "up",
        "--file",
        file.toString(),
        "--data-dir",
        directory.toString(),
        "--port-base",
        Integer.toString(base),
        "--only");
  }
}
