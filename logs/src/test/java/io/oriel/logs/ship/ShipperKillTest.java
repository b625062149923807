package io.oriel.logs.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.testkit.Seed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A shipper process is killed again and again, at any moment, while files are written and rotated.
@Tag("it")
class ShipperKillTest {
  @TempDir Path dir;

  @Test
  void nothingIsLostOrDoubledByKilling() throws Exception {
    SplittableRandom random = Seed.random("kill");
    Path logs = Files.createDirectories(dir.resolve("logs"));
    List<RotatingWriter> writers =
        List.of(
            new RotatingWriter(logs, "a", random.split()),
            new RotatingWriter(logs, "b", random.split()));
    int kills = Seed.iterations(6);
    try (BulkSink sink = new BulkSink()) {
      sink.start();
      sink.faults(new BulkSink.Faults(50, 20, 20, 20, 0, 200_000), random.split());
      for (int i = 0; i < kills; i++) {
        Process child = start(logs, sink);
        int bursts = random.nextInt(1, 6);
        for (int k = 0; k < bursts; k++) {
          RotatingWriter writer = writers.get(random.nextInt(2));
          writer.write(random.nextInt(1, 400));
          if (random.nextInt(3) == 0) {
            writer.rename();
          }
          child.waitFor(random.nextInt(1, 120), TimeUnit.MILLISECONDS);
        }
        child.destroyForcibly().waitFor();
      }
      for (RotatingWriter writer : writers) {
        writer.complete();
      }
      int expected = writers.stream().mapToInt(RotatingWriter::written).sum();
      Process last = start(logs, sink);
      sink.await(expected, 60);
      last.destroyForcibly().waitFor();

      Map<String, Integer> times = new HashMap<>();
      sink.documents()
          .forEach(one -> times.merge(one.message().replaceAll(" x*$", ""), 1, Integer::sum));
      assertEquals(expected, sink.count());
      assertEquals(expected, times.size());
      System.out.println("kill -9: " + kills + " kills, " + expected + " lines, each once");
    }
  }

  private Process start(Path logs, BulkSink sink) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx200m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ShipChild.class.getName(),
                dir.resolve("data").toString(),
                logs.resolve("*.log*").toString(),
                sink.uri().toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve("child.log").toFile()))
            .start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    long before = ready();
    while (ready() == before && child.isAlive() && System.nanoTime() < deadline) {
      child.waitFor(5, TimeUnit.MILLISECONDS);
    }
    return child;
  }

  private long ready() throws Exception {
    Path log = dir.resolve("child.log");
    return Files.exists(log)
        ? Files.readString(log).lines().filter(line -> line.startsWith("ready")).count()
        : 0;
  }
}
