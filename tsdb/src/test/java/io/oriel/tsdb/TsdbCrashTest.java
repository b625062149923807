package io.oriel.tsdb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.disk.Disk;
import io.oriel.disk.FileDisk;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Appender;
import io.oriel.testkit.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Power fails at any operation of log, checkpoint, block and compaction: what was acknowledged is
/// there afterwards, in order, and at most the commit in flight besides.
class TsdbCrashTest {
  private static final long STEP = 60_000;
  private static final int COMMITS = 60;
  private static final Labels SERIES = Labels.of("__name__", "m", "job", "a");
  private static final TsdbOptions OPTIONS =
      TsdbOptions.defaults()
          .withBlockRange(Duration.ofMinutes(10), Duration.ofMinutes(90))
          .withRetention(Duration.ZERO, 0);

  @TempDir private Path directory;

  private static Tsdb open(Path data, Disk disk) throws IOException {
    Tsdb.Parts parts = new Tsdb.Parts(disk, () -> Instant.EPOCH, Seed.random("names" + data));
    return Tsdb.open(data, parts, OPTIONS, _ -> {});
  }

  /// Commits one sample per minute and compacts now and then; returns how many were acknowledged.
  private static int work(Path data, CrashDisk disk) throws IOException {
    int acknowledged = 0;
    Tsdb db;
    try {
      db = open(data, disk);
    } catch (IOException e) {
      if (disk.isDead()) {
        return 0;
      }
      throw e;
    }
    try (db) {
      for (int i = 0; i < COMMITS; i++) {
        try (Appender appender = db.appender()) {
          appender.append(appender.series(SERIES), i * STEP, i);
          appender.commit();
          acknowledged++;
        }
        if (i % 9 == 8) {
          db.compactNow();
        }
      }
    } catch (IOException e) {
      if (!disk.isDead()) {
        throw e;
      }
    }
    return acknowledged;
  }

  @Test
  void whatWasAcknowledgedSurvivesAPowerCutAnywhere() throws IOException {
    int tried = 0;
    SplittableRandom random = Seed.random("crash");
    for (int round = 0; round < Seed.iterations(60); round++) {
      Path data = Files.createDirectories(directory.resolve("data" + round));
      Path trash = Files.createDirectories(directory.resolve("trash" + round));
      CrashDisk disk = new CrashDisk(trash, random.split(), 1 + random.nextInt(700));
      int acknowledged = work(data, disk);
      disk.powerCut();

      try (Tsdb db = open(data, new FileDisk())) {
        List<String> found =
            TsdbTest.read(db, 0, Long.MAX_VALUE).getOrDefault(SERIES.toString(), List.of());
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < Math.max(acknowledged, Math.min(found.size(), acknowledged + 1)); i++) {
          expected.add(i * STEP + "=" + (double) i);
        }
        assertEquals(expected, found, Seed.replay(round));
      }
      tried++;
    }
    System.out.println("TSDB crash: " + tried + " power cuts survived");
  }
}
