package io.oriel.tsdb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.disk.CrashDisk;
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

/// Power fails at any operation of logs, head chunks, checkpoint, block and compaction: what was
/// acknowledged is there afterwards, in order, and at most the commit in flight besides.
class TsdbCrashTest {
  private static final long STEP = 60_000;
  private static final int COMMITS = 60;

  /** By how many commits the late ones are late. */
  private static final int LATE = 4;

  private static final Labels SERIES = Labels.of("__name__", "m", "job", "a");
  private static final TsdbOptions OPTIONS =
      TsdbOptions.defaults()
          .withBlockRange(Duration.ofMinutes(10), Duration.ofMinutes(90))
          .withSyncedCommits()
          .withRetention(Duration.ZERO, 0)
          .withOutOfOrderTimeWindow(Duration.ofMinutes(30));

  @TempDir private Path directory;

  private static Tsdb open(Path data, Disk disk) throws IOException {
    Tsdb.Parts parts = new Tsdb.Parts(disk, () -> Instant.EPOCH, Seed.random("names" + data));
    return Tsdb.open(data, parts, OPTIONS, _ -> {});
  }

  /// What the commits write, in their order: every other one comes late.
  private static List<Long> times() {
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < COMMITS; i++) {
      times.add(i * STEP);
      if (i > LATE) {
        times.add((i - LATE) * STEP + STEP / 2);
      }
    }
    return times;
  }

  /// Commits one sample after the other and compacts now and then; returns how many were
  /// acknowledged.
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
      for (long time : times()) {
        try (Appender appender = db.appender()) {
          appender.append(appender.series(SERIES), time, (double) time);
          appender.commit();
          acknowledged++;
        }
        if (acknowledged % 17 == 16) {
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

  private static List<String> expected(int commits) {
    List<Long> all = times();
    return all.subList(0, Math.min(commits, all.size())).stream()
        .sorted()
        .map(time -> time + "=" + (double) time)
        .toList();
  }

  @Test
  void whatWasAcknowledgedSurvivesAPowerCutAnywhere() throws IOException {
    int tried = 0;
    SplittableRandom random = Seed.random("crash");
    for (int round = 0; round < Seed.iterations(60); round++) {
      Path data = Files.createDirectories(directory.resolve("data" + round));
      Path trash = Files.createDirectories(directory.resolve("trash" + round));
      CrashDisk disk = new CrashDisk(trash, random.split(), 1 + random.nextInt(1500));
      int acknowledged = work(data, disk);
      disk.powerCut();

      try (Tsdb db = open(data, new FileDisk())) {
        List<String> found =
            TsdbTest.read(db, 0, Long.MAX_VALUE).getOrDefault(SERIES.toString(), List.of());
        boolean oneMore = found.equals(expected(acknowledged + 1));
        List<String> expected = expected(oneMore ? acknowledged + 1 : acknowledged);
        assertEquals(expected, found, Seed.replay(round));
      }
      tried++;
    }
    System.out.println("TSDB crash: " + tried + " power cuts survived");
  }
}
