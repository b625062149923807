package io.oriel.logs.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.CrashDisk;
import io.oriel.disk.Disk;
import io.oriel.disk.FileDisk;
import io.oriel.testkit.Seed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolCrashTest {
  @TempDir Path temp;

  private static final class Positions implements Spool.Listener {
    private long durable = -1;

    @Override
    public void durable(List<Position> positions) {
      positions.forEach(position -> durable = Math.max(durable, position.offset()));
    }

    @Override
    public void beforeDelete() {}
  }

  private static Chunk chunk(int from, int count) {
    Chunk chunk = new Chunk();
    for (int i = from; i < from + count; i++) {
      byte[] document = ("{\"n\":" + i + "}").getBytes(StandardCharsets.US_ASCII);
      chunk.add(new Varints().putText("a" + i), document, 0, document.length);
    }
    return chunk;
  }

  private static Spool open(Disk disk, Path directory, Positions positions) throws IOException {
    return Spool.open(
        disk,
        directory,
        new SpoolConfig(1 << 20, 500, SpoolConfig.WhenFull.BLOCK),
        InstantSource.system(),
        positions);
  }

  /// Power fails at any operation: what was durable is delivered, nothing in between is missing,
  /// and the position that is told afterwards is that of the events that are there.
  @Test
  void crashAnywhere() throws Exception {
    int rounds = Seed.iterations(400);
    for (int round = 0; round < rounds; round++) {
      int now = round;
      SplittableRandom random = Seed.random("spool " + round);
      Path directory = Files.createDirectories(temp.resolve("s" + round));
      CrashDisk disk =
          new CrashDisk(
              Files.createDirectories(temp.resolve("t" + round)),
              random.split(),
              1 + random.nextInt(60));
      Positions before = new Positions();
      TreeSet<Integer> acknowledged = new TreeSet<>();
      int appended = write(disk, directory, before, random, acknowledged);
      disk.powerCut();

      Positions after = new Positions();
      TreeSet<Integer> there = new TreeSet<>(acknowledged);
      try (Spool spool = open(new FileDisk(), directory, after)) {
        for (Optional<SpooledChunk> read = spool.read(Duration.ZERO);
            read.isPresent();
            read = spool.read(Duration.ZERO)) {
          numbers(read.get()).forEach(there::add);
          spool.acknowledge(read.get());
        }
        assertEquals(0, spool.fill().events(), Seed.replay(now));
      }
      long position = Math.max(before.durable, after.durable);
      assertTrue(position <= appended, Seed.replay(now));
      for (int i = 0; i < position; i++) {
        int missing = i;
        assertTrue(there.contains(i), () -> missing + " of " + position + " " + Seed.replay(now));
      }
      assertTrue(after.durable >= before.durable || acknowledged.size() > 0, Seed.replay(now));
    }
    System.out.println("spool: " + rounds + " power cuts");
  }

  private static int write(
      Disk disk,
      Path directory,
      Positions positions,
      SplittableRandom random,
      TreeSet<Integer> acknowledged)
      throws InterruptedException {
    int appended = 0;
    try {
      Spool spool = open(disk, directory, positions);
      while (true) {
        int count = random.nextInt(4);
        spool.append(chunk(appended, count), new Position("f", 0, appended + count, 0));
        appended += count;
        if (random.nextBoolean()) {
          spool.sync();
        }
        if (random.nextInt(3) == 0) {
          Optional<SpooledChunk> read = spool.read(Duration.ZERO);
          if (read.isPresent()) {
            acknowledged.addAll(numbers(read.get()));
            spool.acknowledge(read.get());
          }
        }
        if (random.nextInt(5) == 0) {
          spool.saveAcknowledged();
        }
      }
    } catch (IOException _) {
      return appended + 4;
    }
  }

  private static List<Integer> numbers(SpooledChunk chunk) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < chunk.count(); i++) {
      String document =
          new String(
              chunk.bytes(),
              chunk.document(i),
              chunk.end(i) - chunk.document(i),
              StandardCharsets.US_ASCII);
      numbers.add(Integer.parseInt(document.replaceAll("\\D", "")));
    }
    return numbers;
  }

  @Test
  void dropsByPolicyAndSaysSo() throws Exception {
    Positions positions = new Positions();
    try (Spool spool =
        Spool.open(
            new FileDisk(),
            temp.resolve("drop"),
            new SpoolConfig(2_000, 500, SpoolConfig.WhenFull.DROP),
            InstantSource.system(),
            positions)) {
      int dropped = 0;
      for (int i = 0; i < 100; i++) {
        dropped += spool.append(chunk(i * 5, 5), new Position("f", 0, i * 5 + 5, 0)) ? 0 : 1;
      }
      spool.sync();
      assertTrue(dropped > 50);
      assertEquals(500, positions.durable);
      assertEquals(500 - 5 * dropped, spool.fill().events());
    }
  }

  @Test
  void aFlippedBitLosesOneSegmentAtMost() throws Exception {
    Path directory = temp.resolve("flip");
    Positions positions = new Positions();
    try (Spool spool = open(new FileDisk(), directory, positions)) {
      for (int i = 0; i < 60; i++) {
        spool.append(chunk(i, 1), new Position("f", 0, i + 1, 0));
      }
    }
    List<Path> segments =
        new FileDisk()
            .list(directory).stream().filter(f -> f.toString().endsWith(".spool")).toList();
    byte[] bytes = Files.readAllBytes(segments.getFirst());
    bytes[100] ^= 4;
    Files.write(segments.getFirst(), bytes);
    try (Spool spool = open(new FileDisk(), directory, positions)) {
      int found = 0;
      while (spool.read(Duration.ZERO).isPresent()) {
        found++;
      }
      assertTrue(
          segments.size() > 2 && found >= 60 - 60 / segments.size() - 2, () -> "" + segments);
    }
  }
}
