package io.oriel.logs.tail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.CrashDisk;
import io.oriel.disk.FileDisk;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A file that goes on in another generation is one file at every moment.
class GenerationTest {
  @TempDir private Path directory;

  private static FileEntry entry(int generation) {
    return new FileEntry(
        "key",
        generation,
        "/var/log/a.log",
        1,
        7,
        99,
        new Fingerprint(7, "abc"),
        0,
        0,
        FileEntry.State.LIVE,
        5,
        "");
  }

  private static boolean isLive(Registry registry) {
    return registry.entries().stream().anyMatch(e -> e.state() == FileEntry.State.LIVE);
  }

  /// A look in between would take the file for a new one, and it would be read twice.
  @Test
  void thereIsNoMomentWithoutALiveGeneration() throws Exception {
    CrashDisk disk =
        new CrashDisk(
            Files.createDirectories(directory.resolve("trash")),
            new SplittableRandom(1),
            Long.MAX_VALUE);
    int[] looks = {0};
    try (Registry registry = Registry.open(disk, directory.resolve("registry"))) {
      registry.put(entry(0));
      disk.beforeSync(
          () -> {
            looks[0]++;
            assertTrue(isLive(registry), "between two generations");
          });
      registry.follow(entry(0).in(FileEntry.State.REMAINDER), entry(1));
      disk.beforeSync(() -> {});
      assertEquals(
          List.of(FileEntry.State.REMAINDER, FileEntry.State.LIVE),
          registry.entries().stream().map(FileEntry::state).toList());
    }
    assertTrue(looks[0] > 0, "nobody looked");
  }

  /// A power cut in the middle of the change leaves a live one too.
  @Test
  void powerFailsBetweenTwoGenerations() throws Exception {
    int changed = 0;
    for (int cut = 1; cut < 40; cut++) {
      Path rounds = Files.createDirectories(directory.resolve("round" + cut));
      CrashDisk disk =
          new CrashDisk(
              Files.createDirectories(directory.resolve("trash" + cut)),
              new SplittableRandom(cut),
              cut);
      boolean put = false;
      try (Registry registry = Registry.open(disk, rounds)) {
        registry.put(entry(0));
        put = true;
        registry.follow(entry(0).in(FileEntry.State.REMAINDER), entry(1));
      } catch (IOException _) {
        assertTrue(disk.isDead(), "refused although there was power");
      }
      disk.powerCut();
      try (Registry registry = Registry.open(new FileDisk(), rounds)) {
        assertTrue(!put || isLive(registry), "cut at operation " + cut);
        changed += registry.find("key", 1).isPresent() ? 1 : 0;
      }
    }
    assertTrue(changed > 0, "never came so far");
  }

  /// A look while the reader hands its file over to the next generation begins no second reader.
  @Test
  void aGenerationIsOpenedOnce() throws Exception {
    Map<String, Integer> opened = new ConcurrentHashMap<>();
    Tailer[] tailer = new Tailer[1];
    LineSink.Factory sinks =
        file -> {
          opened.merge(file.key() + "/" + file.generation(), 1, Integer::sum);
          if (file.generation() > 0) {
            lookBeside(tailer[0]);
          }
          return Optional.of(new Nothing());
        };
    Path log = directory.resolve("a.log");
    Files.writeString(log, "one two three four five\n");
    Path kept = Files.createDirectories(directory.resolve("registry"));
    try (Registry registry = Registry.open(new FileDisk(), kept);
        Tailer running = start(registry, sinks)) {
      tailer[0] = running;
      awaitOffset(running, registry, 24);
      Files.writeString(log, "six\n", StandardOpenOption.TRUNCATE_EXISTING);
      for (int i = 0; i < 1_000 && opened.size() < 2; i++) {
        Thread.sleep(10);
      }
      awaitOffset(running, registry, 4);
      running.lookNow();
    }
    assertEquals(List.of(1, 1), List.copyOf(opened.values()), opened::toString);
  }

  private static void awaitOffset(Tailer tailer, Registry registry, long size) throws Exception {
    for (int i = 0; i < 1_000; i++) {
      boolean there = registry.entries().stream().anyMatch(e -> e.fingerprint().length() == size);
      if (there && tailer.behind().values().stream().allMatch(behind -> behind == 0)) {
        return;
      }
      Thread.sleep(10);
    }
  }

  /// Has the looking thread look a few times while this one waits.
  private static void lookBeside(Tailer tailer) {
    Thread look =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    tailer.lookNow();
                  } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                  }
                });
    try {
      look.join(Duration.ofMillis(500));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private Tailer start(Registry registry, LineSink.Factory sinks) {
    TailConfig config =
        TailConfig.of(List.of(directory.resolve("*.log").toString()))
            .withScanInterval(Duration.ofMillis(50));
    return Tailer.start(
        new Tailer.Setup(
            List.of(config),
            registry,
            sinks,
            1,
            100,
            Duration.ofHours(1),
            InstantSource.system(),
            System::nanoTime,
            new SplittableRandom(1)),
        new TailMetrics(new PrometheusRegistry()));
  }

  private static final class Nothing implements LineSink {
    @Override
    public void line(byte[] buffer, int from, int to, long offset, long end, boolean truncated) {
      // only how often it is opened matters
    }

    @Override
    public long endPiece(long safe, int anchor, boolean last) {
      return safe;
    }

    @Override
    public boolean hasPending() {
      return false;
    }

    @Override
    public void close() {
      // nothing is held
    }
  }
}
