package io.oriel.logs.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.CrashDisk;
import io.oriel.disk.FileDisk;
import io.oriel.model.error.OrielException;
import io.oriel.testkit.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Applications that write and rotate, a shipper that is restarted and loses its power, an endpoint
/// that loses answers and goes away: in the end every line is there exactly once.
@Tag("it")
class ShipperSimulationTest {
  private static final int FILES = 4;

  @TempDir Path temp;

  @Test
  void everyLineIsFoundExactlyOnceAndInOrder() throws Exception {
    long lines = 0;
    int rounds = Seed.iterations(3);
    for (int i = 0; i < rounds; i++) {
      lines += run(i);
    }
    System.out.println("shipper simulation: " + lines + " lines in " + rounds + " rounds");
  }

  private int run(int round) throws Exception {
    SplittableRandom random = Seed.random("shipper " + round);
    Path dir = Files.createDirectories(temp.resolve("round" + round));
    List<RotatingWriter> writers = new ArrayList<>();
    try (ShipRig rig = new ShipRig(dir)) {
      rig.delivery = c -> c.withWorkers(1 + random.nextInt(2));
      for (int i = 0; i < FILES; i++) {
        writers.add(new RotatingWriter(rig.logs, "app" + (char) ('a' + i), random.split()));
      }
      rig.sink.faults(new BulkSink.Faults(60, 60, 60, 40, 0, 60_000), random.split());
      ShipInput input = ShipInput.of("all", rig.tail("*.log*"), List.of());
      rig.start(input);
      for (int step = 0; step < 120; step++) {
        act(random, rig, writers, input);
      }
      for (RotatingWriter writer : writers) {
        writer.complete();
      }
      rig.sink.faults(BulkSink.Faults.none(), random.split());
      restart(rig, input, new FileDisk());
      int expected = writers.stream().mapToInt(RotatingWriter::written).sum();
      rig.shipper().lookNow();
      rig.sink.await(expected, 60);
      rig.stop();
      check(rig, writers, expected, round);
      return expected;
    }
  }

  private void act(
      SplittableRandom random, ShipRig rig, List<RotatingWriter> writers, ShipInput input)
      throws Exception {
    RotatingWriter writer = writers.get(random.nextInt(writers.size()));
    switch (random.nextInt(20)) {
      case 0, 1 -> writer.rename();
      case 2, 3 -> {
        // what an application writes between copy and truncation is lost to everybody; here it
        // waits, and the rotation comes when the shipper has seen the file
        rig.shipper().lookNow();
        writer.copyAndTruncate();
        rig.shipper().lookNow();
      }
      case 4 -> writer.compress();
      case 5 -> writer.restore();
      case 6 -> restart(rig, input, new FileDisk());
      case 7 -> crash(random, rig, input);
      case 8 -> {
        rig.sink.stop();
        writer.write(random.nextInt(200));
        rig.sink.start();
      }
      case 9, 10 -> rig.shipper().lookNow();
      default -> writer.write(1 + random.nextInt(120));
    }
  }

  private static void restart(ShipRig rig, ShipInput input, FileDisk disk) throws IOException {
    rig.change = c -> c.withRunning(noDrain());
    rig.stop();
    rig.disk = disk;
    rig.start(input);
  }

  private static ShipConfig.Running noDrain() {
    return new ShipConfig.Running(2, 100, Duration.ofHours(1), Duration.ofMillis(1), true);
  }

  /// Runs for a while on a disk whose power fails, then goes on with what it left.
  private void crash(SplittableRandom random, ShipRig rig, ShipInput input) throws Exception {
    rig.stop();
    Path trash = Files.createTempDirectory(temp, "trash");
    CrashDisk disk = new CrashDisk(trash, random.split(), 1 + random.nextInt(150));
    rig.disk = disk;
    try {
      rig.start(input);
      for (int i = 0; i < 3 && !disk.isDead(); i++) {
        rig.shipper().lookNow();
      }
    } catch (IOException | OrielException _) {
      assertTrue(disk.isDead(), "refused although there was power");
    }
    try {
      rig.stop();
    } catch (RuntimeException _) {
      assertTrue(disk.isDead(), "refused although there was power");
    }
    disk.powerCut();
    rig.disk = new FileDisk();
    rig.start(input);
  }

  private static void check(ShipRig rig, List<RotatingWriter> writers, int expected, int round) {
    Map<String, Integer> times = new HashMap<>();
    Map<String, TreeMap<String, Integer>> byFile = new HashMap<>();
    for (BulkSink.Stored one : rig.sink.documents()) {
      String[] parts = one.message().split(" ");
      times.merge(parts[0] + " " + parts[1], 1, Integer::sum);
      byFile
          .computeIfAbsent(one.id().substring(0, one.id().length() - 16), _ -> new TreeMap<>())
          .put(one.id(), Integer.parseInt(parts[1]));
    }
    List<String> wrong = new ArrayList<>();
    for (RotatingWriter writer : writers) {
      for (int i = 0; i < writer.written(); i++) {
        int found = times.getOrDefault(writer.name + " " + i, 0);
        if (found != 1) {
          wrong.add(writer.name + " " + i + ": " + found + " times");
        }
      }
    }
    assertTrue(
        wrong.isEmpty(),
        () ->
            explain(rig, wrong)
                + wrong.size()
                + " wrong, first "
                + wrong.getFirst()
                + "; "
                + Seed.replay(round));
    assertEquals(expected, rig.sink.count(), () -> Seed.replay(round));
    byFile.forEach(
        (file, lines) -> {
          int last = -1;
          for (int number : lines.values()) {
            assertTrue(number > last, () -> file + " out of order; " + Seed.replay(round));
            last = number;
          }
        });
    Accounting accounts = rig.accounts();
    assertEquals(0, accounts.linesMissing(), () -> accounts + "; " + Seed.replay(round));
    assertEquals(0, accounts.eventsMissing(), () -> accounts + "; " + Seed.replay(round));
    assertTrue(rig.sink.problems().isEmpty(), rig.sink.problems()::toString);
  }

  private static String explain(ShipRig rig, List<String> wrong) {
    String line = wrong.getFirst().substring(0, wrong.getFirst().indexOf(':'));
    StringBuilder text = new StringBuilder();
    for (BulkSink.Stored one : rig.sink.documents()) {
      if (one.message().startsWith(line + " ")) {
        text.append(one.id()).append(' ').append(one.at("log")).append('\n');
      }
    }
    return text.toString();
  }
}
