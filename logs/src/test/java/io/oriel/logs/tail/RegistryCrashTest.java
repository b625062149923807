package io.oriel.logs.tail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.CrashDisk;
import io.oriel.disk.FileDisk;
import io.oriel.logs.spool.Position;
import io.oriel.testkit.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryCrashTest {
  @TempDir Path temp;

  private static FileEntry entry(int i) {
    return new FileEntry(
        "key" + i,
        i % 3,
        "/var/log/" + i,
        1,
        i,
        99,
        new Fingerprint(7, "abc"),
        0,
        0,
        FileEntry.State.LIVE,
        5,
        "note");
  }

  /// Power fails at any operation: what was put is there, and positions that were synced are.
  @Test
  void crashAnywhere() throws Exception {
    int rounds = Seed.iterations(400);
    for (int round = 0; round < rounds; round++) {
      int now = round;
      SplittableRandom random = Seed.random("registry " + round);
      Path directory = temp.resolve("r" + round);
      CrashDisk disk =
          new CrashDisk(
              Files.createDirectories(temp.resolve("t" + round)),
              random.split(),
              1 + random.nextInt(80));
      Map<String, Long> durable = new HashMap<>();
      write(disk, directory, random, durable);
      disk.powerCut();

      try (Registry registry = Registry.open(new FileDisk(), directory)) {
        Map<String, Long> found = new HashMap<>();
        registry.entries().forEach(entry -> found.put(entry.id(), entry.offset()));
        durable.forEach(
            (id, offset) -> {
              assertTrue(found.containsKey(id), () -> id + " " + Seed.replay(now));
              assertTrue(found.getOrDefault(id, -1L) >= offset, () -> id + " " + Seed.replay(now));
            });
      }
    }
    System.out.println("registry: " + rounds + " power cuts");
  }

  private static void write(
      CrashDisk disk, Path directory, SplittableRandom random, Map<String, Long> durable) {
    Map<String, Long> noted = new HashMap<>();
    try {
      Registry registry = Registry.open(disk, directory);
      for (int i = 0; ; i++) {
        FileEntry fresh = entry(i);
        registry.put(fresh);
        noted.put(fresh.id(), 0L);
        durable.putAll(noted);
        FileEntry old = entry(random.nextInt(i + 1));
        long offset = random.nextLong(1 << 20);
        registry.move(List.of(new Position(old.key(), old.generation(), offset, 3)));
        noted.merge(old.id(), offset, Math::max);
        if (random.nextInt(3) == 0) {
          registry.sync();
          durable.putAll(noted);
        }
        if (random.nextInt(6) == 0) {
          registry.close();
          durable.putAll(noted);
          registry = Registry.open(disk, directory);
        }
      }
    } catch (IOException _) {
      assertTrue(disk.isDead());
    }
  }

  @Test
  void keepsEverythingOfAnEntry() throws Exception {
    Path directory = temp.resolve("one");
    FileEntry entry = entry(4).in(FileEntry.State.COPY);
    try (Registry registry = Registry.open(new FileDisk(), directory)) {
      registry.put(entry);
      registry.note(entry.key(), entry.generation(), "{\"pod\":1}");
    }
    try (Registry registry = Registry.open(new FileDisk(), directory)) {
      assertEquals(List.of(entry.noting("{\"pod\":1}")), registry.entries());
    }
  }
}
