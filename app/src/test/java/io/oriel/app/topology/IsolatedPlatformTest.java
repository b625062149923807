package io.oriel.app.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.Asking;
import io.oriel.app.role.collect.CollectPort;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Clusters as processes: one is killed without warning.
@Tag("it")
class IsolatedPlatformTest {
  private static final Set<String> BOTH = Set.of("dev-01", "ops-01");
  private static final int LOOKS = 1200;

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

  /// The cluster with the applications is killed while it holds spans that it acknowledged, and the
  /// one with engine, gateway and trace query while nobody can deliver to it.
  @Test
  void spansAndLinesSurviveEveryCluster() throws Exception {
    Path log = directory.resolve("app.log");
    Files.createFile(log);
    Path file = directory.resolve("topology.yaml");
    Files.writeString(
        file,
        """
        scrape_interval: 1s
        clusters:
          - {name: dev-01, replicas: 1, logs: ['%s']}
          - {name: ops-01, replicas: 1}
        """
            .formatted(log));
    Topology topology = Topology.load(file);
    int base = Asking.freePorts();
    Addresses addresses = Addresses.of(topology, base);
    Map<String, Long> pids = new ConcurrentHashMap<>();
    try (IsolatedPlatform _ =
            IsolatedPlatform.start(
                topology,
                addresses,
                directory,
                new IsolatedPlatform.Children(command(file, base), Duration.ofSeconds(1)),
                "test",
                (cluster, now) -> pids.put(cluster, now.getOrDefault(cluster, 0L)));
        Asking asking = new Asking();
        Application application =
            new Application(addresses.of("dev-01").collect().of(CollectPort.OTLP_GRPC))) {
      application.order();
      Files.writeString(log, line("one"), StandardOpenOption.APPEND);
      awaitFound(asking, addresses, application, List.of("one"));

      long ops = kill(pids, "ops-01");
      for (int i = 0; i < 5; i++) {
        application.order();
      }
      Files.writeString(log, line("two"), StandardOpenOption.APPEND);
      assertEquals(18, application.taken().size(), "the collector has room");
      long dev = kill(pids, "dev-01");
      awaitBack(pids, "dev-01", dev);
      awaitBack(pids, "ops-01", ops);
      application.order();
      Files.writeString(log, line("three"), StandardOpenOption.APPEND);
      awaitFound(asking, addresses, application, List.of("one", "two", "three"));
    }
  }

  private static String line(String message) {
    return Instant.now() + " stdout F {\"message\":\"line " + message + "\"}\n";
  }

  private static long kill(Map<String, Long> pids, String cluster) {
    long pid = pids.getOrDefault(cluster, 0L);
    assertTrue(ProcessHandle.of(pid).orElseThrow().destroyForcibly());
    return pid;
  }

  private static void awaitBack(Map<String, Long> pids, String cluster, long before)
      throws InterruptedException {
    for (int i = 0; i < LOOKS && pids.getOrDefault(cluster, 0L) == before; i++) {
      Thread.sleep(100);
    }
    assertNotEquals(before, pids.get(cluster), cluster + " comes back by itself");
  }

  /// Every span that was acknowledged once, through the trace query; every line once, through log
  /// search.
  private static void awaitFound(
      Asking asking, Addresses addresses, Application application, List<String> lines)
      throws Exception {
    List<String> spans = List.of();
    List<String> found = List.of();
    for (int i = 0; i < LOOKS; i++) {
      try {
        spans = spans(asking, addresses, application.taken());
        found = lines(asking, addresses);
      } catch (IOException | OrielException | JacksonException _) {
        // it is not back yet
      }
      if (spans.equals(application.taken())
          && found.equals(lines.stream().map(each -> "line " + each).sorted().toList())) {
        return;
      }
      Thread.sleep(100);
    }
    assertEquals(application.taken(), spans);
    assertEquals(lines, found);
  }

  private static List<String> spans(Asking asking, Addresses addresses, List<String> taken)
      throws Exception {
    List<String> found = new ArrayList<>();
    for (String trace :
        new TreeSet<>(taken.stream().map(key -> key.substring(0, key.indexOf('/'))).toList())) {
      JsonNode spans =
          asking.get(addresses.traces().url(), "/api/traces/" + trace).at("/data/0/spans");
      for (JsonNode span : spans) {
        found.add(trace + "/" + span.path("spanID").asString(""));
      }
    }
    return found.stream().sorted().toList();
  }

  private static List<String> lines(Asking asking, Addresses addresses) throws Exception {
    JsonNode page =
        asking.get(
            "http://" + addresses.logs().search(),
            "/api/v1/logs/search?cluster=dev-01&query=" + Asking.encoded("message:line"));
    List<String> found = new ArrayList<>();
    for (JsonNode line : page.path("lines")) {
      found.add(line.at("/document/message").asString(""));
    }
    return found.stream().sorted().toList();
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
