package io.oriel.logs.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.logs.enrich.PodDirectory;
import io.oriel.logs.enrich.PodFacts;
import io.oriel.logs.enrich.TestPods;
import io.oriel.logs.parse.FieldTree;
import io.oriel.logs.parse.JsonTree;
import io.oriel.logs.parse.ParserConfig;
import io.oriel.testkit.Conformance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Fluent Bit's own cases: a container's log and its pod's object, and the record that comes out,
/// compared where Filebeat's names for the same things exist.
class KubernetesConformanceTest {
  private static final String[][] NAMES = {
    {"pod_name", "kubernetes.pod.name"},
    {"namespace_name", "kubernetes.namespace"},
    {"pod_id", "kubernetes.pod.uid"},
    {"pod_ip", "kubernetes.pod.ip"},
    {"host", "kubernetes.node.name"},
    {"container_name", "kubernetes.container.name"},
    {"docker_id", "container.id"},
    {"container_image", "container.image.name"},
  };

  @TempDir Path dir;

  private static final class Known implements PodDirectory {
    private final Map<String, PodFacts> pods = new HashMap<>();

    @Override
    public Optional<PodFacts> find(String namespace, String pod) {
      return Optional.ofNullable(pods.get(namespace + "/" + pod));
    }

    @Override
    public boolean isComplete() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Test
  void recordsHaveWhatFluentBitExpects() throws Exception {
    Path root = Conformance.require("logs/fluent-bit/kubernetes");
    Known known = new Known();
    List<Path> logs;
    try (Stream<Path> files = Files.walk(root.resolve("log"))) {
      logs = files.filter(f -> f.toString().endsWith(".log")).sorted().toList();
    }
    try (ShipRig rig = new ShipRig(dir)) {
      for (Path log : logs) {
        String[] parts = log.getFileName().toString().replace(".log", "").split("_");
        Path meta = root.resolve("meta/" + parts[0] + "_" + parts[1] + ".meta");
        PodFacts facts = TestPods.facts(Files.readString(meta), parts[0], parts[1]);
        known.pods.put(parts[0] + "/" + parts[1], facts);
        Files.copy(log, rig.logs.resolve(name(parts, facts)));
      }
      rig.pods = Optional.of(known);
      rig.start(
          ShipInput.of("k", rig.tail("*.log"), List.of(ParserConfig.Container.auto()))
              .withPods(ShipInput.Pods.HINTS));
      rig.shipper().lookNow();
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (rig.shipper().behind().values().stream().anyMatch(b -> b > 0)
          && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      rig.stop();
      check(root, logs, rig.sink.documents());
    }
  }

  private static String name(String[] parts, PodFacts facts) {
    PodFacts.Container container = facts.containers().get(parts[2]);
    String id = container == null || container.id().isEmpty() ? "0".repeat(64) : container.id();
    return parts[1] + "_" + parts[0] + "_" + parts[2] + "-" + id + ".log";
  }

  private static void check(Path root, List<Path> logs, List<BulkSink.Stored> documents)
      throws Exception {
    int records = 0;
    int fields = 0;
    int parsers = 0;
    int absent = 0;
    for (Path log : logs) {
      String[] parts = log.getFileName().toString().replace(".log", "").split("_");
      List<BulkSink.Stored> got =
          documents.stream()
              .filter(
                  one ->
                      one.at("kubernetes.pod.name").equals(parts[1])
                          && one.at("kubernetes.namespace").equals(parts[0])
                          && one.at("kubernetes.container.name").equals(parts[2]))
              .toList();
      for (String stream : List.of("stdout", "stderr", "")) {
        String base = log.getFileName().toString().replace(".log", "");
        Path out =
            root.resolve(
                "out/" + parts[0] + "/" + base + (stream.isEmpty() ? "" : "_" + stream) + ".out");
        if (!Files.exists(out)) {
          if (parts[0].equals("annotations-exclude") && !stream.isEmpty()) {
            assertTrue(
                got.stream().noneMatch(one -> one.at("stream").equals(stream)),
                () -> base + " " + stream + " should be excluded");
            absent++;
          }
          continue;
        }
        if (parts[0].equals("annotations-parser")) {
          // Fluent Bit's parsers are named in its own file; the metadata are compared all the same
          parsers++;
        }
        for (Map<String, Object> want : records(out)) {
          fields += compare(want, got, parts[0].equals("annotations-parser"), base);
          records++;
        }
      }
    }
    System.out.printf(
        "fluent-bit kubernetes: %d logs, %d records and %d fields as expected, %d streams excluded,"
            + " %d records whose text needs Fluent Bit's own parsers%n",
        logs.size(), records, fields, absent, parsers);
    assertTrue(records > 20);
  }

  private static List<Map<String, Object>> records(Path out) throws Exception {
    List<Map<String, Object>> records = new ArrayList<>();
    for (String line : Files.readAllLines(out)) {
      if (!line.isBlank()) {
        String object = line.substring(line.indexOf(',') + 1, line.lastIndexOf(']'));
        records.add(JsonTree.parse(object).object().orElseThrow());
      }
    }
    return records;
  }

  private static int compare(
      Map<String, Object> want, List<BulkSink.Stored> got, boolean parsed, String name) {
    Object log = want.get("log");
    BulkSink.Stored found =
        got.stream()
            .filter(one -> one.at("stream").equals(want.get("stream")))
            .filter(one -> parsed || one.message().equals(String.valueOf(log).stripTrailing()))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no record of " + name + " like " + want));
    int same = 0;
    for (String[] pair : NAMES) {
      @Nullable Object expected = FieldTree.get(want, "kubernetes." + pair[0]);
      if (expected != null) {
        assertEquals(expected.toString(), found.at(pair[1]), () -> name + " " + pair[0]);
        same++;
      }
    }
    return same;
  }
}
