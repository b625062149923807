package io.oriel.tsdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.FileDisk;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Appender;
import io.oriel.testkit.Seed;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Upstream's own `promtool`, where it is installed, reads what we wrote.
class PrometheusInteropTest {
  private static final TsdbOptions OPTIONS = TsdbOptions.defaults().withRetention(Duration.ZERO, 0);

  private static Path promtool() {
    Stream<String> places =
        Stream.concat(
            Stream.ofNullable(System.getProperty("oriel.peers")),
            Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)));
    Optional<Path> found =
        places.map(place -> Path.of(place, "promtool")).filter(Files::isExecutable).findFirst();
    Assumptions.assumeTrue(found.isPresent(), "no promtool on PATH or in -Doriel.peers");
    return found.orElseThrow();
  }

  private static String run(Path directory, String... command)
      throws IOException, InterruptedException {
    Path out = directory.resolve("out.txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertEquals(0, process.waitFor(), () -> String.join(" ", command));
    return Files.readString(out, StandardCharsets.UTF_8);
  }

  @Test
  void promtoolDumpsExactlyWhatWasWritten(@TempDir Path directory, @TempDir Path scratch)
      throws IOException, InterruptedException {
    Path promtool = promtool();
    Tsdb.Parts parts =
        new Tsdb.Parts(
            new FileDisk(), () -> Instant.ofEpochMilli(1_700_000_000_000L), Seed.random("peer"));
    long samples = 0;
    try (Tsdb db = Tsdb.open(directory, parts, OPTIONS, _ -> {})) {
      for (long time = 0; time < Duration.ofHours(7).toMillis(); time += 30_000) {
        try (Appender appender = db.appender()) {
          for (int i = 0; i < 4; i++) {
            Labels labels = Labels.of("__name__", "m", "i", "ä" + i);
            appender.append(appender.series(labels), time, (double) time * i);
            samples++;
          }
          appender.commit();
        }
      }
      db.compactNow();
      assertTrue(db.blocks().size() > 0);
    }

    String listed = run(scratch, promtool.toString(), "tsdb", "list", directory.toString());
    String dumped = run(scratch, promtool.toString(), "tsdb", "dump", directory.toString());

    assertTrue(listed.contains("BLOCK ULID"), listed);
    assertEquals(samples, dumped.lines().filter(line -> line.startsWith("{")).count());
    assertTrue(dumped.contains("{__name__=\"m\", i=\"ä3\"} 90000 30000\n"), "third series");
    System.out.println("promtool interop: " + samples + " samples dumped");
  }
}
