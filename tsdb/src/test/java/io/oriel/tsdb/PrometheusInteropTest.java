package io.oriel.tsdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.FileDisk;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.AppendOutcome;
import io.oriel.model.series.Appender;
import io.oriel.testkit.Peer;
import io.oriel.testkit.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Upstream's own programs, where they are installed, read what we wrote, and we what they wrote.
class PrometheusInteropTest {
  private static final TsdbOptions OPTIONS =
      TsdbOptions.defaults()
          .withRetention(Duration.ZERO, 0)
          .withOutOfOrderTimeWindow(Duration.ofMinutes(30));
  private static final long STEP = 30_000;

  @TempDir private Path directory;
  @TempDir private Path scratch;

  private Tsdb open() throws IOException {
    Tsdb.Parts parts =
        new Tsdb.Parts(
            new FileDisk(), () -> Instant.ofEpochMilli(1_700_000_000_000L), Seed.random("peer"));
    return Tsdb.open(directory, parts, OPTIONS, _ -> {});
  }

  private static Labels labels(int i) {
    return Labels.of("__name__", "m", "i", "ä" + i, "job", "a");
  }

  /// Some hours of four series; of the last one every tenth sample may come late.
  private static void fill(
      Tsdb db, Map<String, List<String>> written, int from, int to, boolean someLate)
      throws IOException {
    long end = Duration.ofHours(to).toMillis();
    for (long time = Duration.ofHours(from).toMillis(); time < end; time += STEP) {
      try (Appender appender = db.appender()) {
        for (int i = 0; i < 4; i++) {
          boolean late = someLate && i == 3 && time / STEP % 10 == 3;
          if (!late) {
            put(appender, i, time);
          }
          if (someLate && i == 3 && time / STEP % 10 == 8) {
            put(appender, i, time - 5 * STEP);
          }
          written
              .computeIfAbsent(labels(i).toString(), _ -> new ArrayList<>())
              .add(time + "=" + value(i, time));
        }
        appender.commit();
      }
    }
  }

  private static double value(int i, long time) {
    return (double) time * i;
  }

  private static void put(Appender appender, int i, long time) {
    assertEquals(
        AppendOutcome.APPENDED, appender.append(appender.series(labels(i)), time, value(i, time)));
  }

  /// Without late samples: the dump of 2.42 passes over the head where a late block covers it.
  @Test
  void promtoolListsAnalyzesAndDumpsExactlyWhatWasWritten() throws Exception {
    Path _ = Peer.require("promtool");
    Map<String, List<String>> written = new TreeMap<>();
    try (Tsdb db = open()) {
      fill(db, written, 0, 7, false);
      db.compactNow();
      assertTrue(db.blocks().size() > 0);
    }
    long samples = written.values().stream().mapToLong(List::size).sum();

    String listed =
        Peer.run(scratch.resolve("out.txt"), "promtool", "tsdb", "list", directory.toString());
    String analyzed =
        Peer.run(scratch.resolve("out.txt"), "promtool", "tsdb", "analyze", directory.toString());
    String dumped =
        Peer.run(scratch.resolve("out.txt"), "promtool", "tsdb", "dump", directory.toString());

    assertTrue(listed.contains("BLOCK ULID"), listed);
    assertTrue(analyzed.contains("\nSeries: 4\n"), analyzed);
    assertEquals(samples, dumped.lines().filter(line -> line.startsWith("{")).count());
    assertTrue(
        dumped.contains("{__name__=\"m\", i=\"ä3\", job=\"a\"} 270000 90000\n"), "third series");
    System.out.println("promtool interop: " + samples + " samples dumped");
  }

  @Test
  void prometheusAnswersFromOurBlocksHeadChunksAndLogs() throws Exception {
    Path _ = Peer.require("prometheus");
    Map<String, List<String>> written = new TreeMap<>();
    try (Tsdb db = open()) {
      fill(db, written, 0, 6, true);
      db.compactNow();
      fill(db, written, 6, 7, true);
      assertTrue(db.head().chunksOnDisk() > 0);
      assertTrue(db.head().maxLateTime() > 0);
    }
    Files.delete(directory.resolve("lock"));
    String config = "storage: {tsdb: {out_of_order_time_window: 30m}}\n";
    try (Peers.Prometheus peer = Peers.Prometheus.start(directory, scratch, config)) {
      Map<String, List<String>> answered = peer.samples("m[10h]", 9 * 3600);
      assertEquals(written.keySet(), answered.keySet());
      written.forEach(
          (series, samples) ->
              assertTrue(
                  samples.equals(answered.get(series)),
                  () -> series + ": first difference at " + difference(samples, answered, series)));
      assertFalse(peer.log().contains("level=error"), peer.log());
      assertFalse(peer.log().contains("corrupt"), peer.log());
    }
    System.out.println("Prometheus interop: " + written.size() + " series answered from our files");
  }

  private static String difference(
      List<String> samples, Map<String, List<String>> answered, String series) {
    List<String> other = answered.getOrDefault(series, List.of());
    int at = 0;
    while (at < Math.min(samples.size(), other.size()) && samples.get(at).equals(other.get(at))) {
      at++;
    }
    return at + ": want " + tail(samples, at) + ", got " + tail(other, at);
  }

  private static List<String> tail(List<String> samples, int at) {
    return samples.subList(at, Math.min(samples.size(), at + 3));
  }

  @Test
  void weAnswerFromADirectoryThatPrometheusWrote() throws Exception {
    Path _ = Peer.require("prometheus");
    String config =
        """
        global: {scrape_interval: 200ms}
        scrape_configs:
          - job_name: self
            static_configs: [{targets: ['ADDRESS']}]
        """;
    Map<String, List<String>> told = Map.of();
    try (Peers.Prometheus peer = Peers.Prometheus.start(directory, scratch, config)) {
      for (int i = 0; i < 100 && told.getOrDefault("{}", List.of()).size() < 5; i++) {
        peer.pause(200);
        told = peer.samples("{job=\"self\"}[10m]", 0);
        if (told.values().stream().anyMatch(samples -> samples.size() > 8)) {
          break;
        }
      }
    }
    assertTrue(told.size() > 100);
    try (Tsdb db = open()) {
      Map<String, List<String>> found = TsdbTest.read(db, 0, Long.MAX_VALUE);
      told.forEach(
          (series, samples) ->
              assertTrue(
                  found.getOrDefault(series, List.of()).containsAll(samples),
                  () -> series + ": want " + samples + ", got " + found.get(series)));
      assertEquals(0, db.head().repairs());
      assertEquals(0, db.head().recordsSkipped());
    }
    System.out.println("Prometheus interop: " + told.size() + " of its series read");
  }
}
