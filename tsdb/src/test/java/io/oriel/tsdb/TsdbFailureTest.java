package io.oriel.tsdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.CrashDisk;
import io.oriel.disk.Disk;
import io.oriel.disk.FileDisk;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.Appender;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.head.Head;
import io.oriel.tsdb.wal.RecordVisitor;
import io.oriel.tsdb.wal.WalTailer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens when something fails, or happens at the same time.
class TsdbFailureTest {
  private static final long MINUTE = 60_000;
  private static final TsdbOptions OPTIONS =
      TsdbOptions.defaults()
          .withBlockRange(Duration.ofMinutes(10), Duration.ofMinutes(90))
          .withRetention(Duration.ZERO, 0);
  private static final Labels A = Labels.of("__name__", "m", "job", "a");
  private static final Labels B = Labels.of("__name__", "m", "job", "b");

  private final SplittableRandom names = Seed.random("names");

  @TempDir private Path directory;
  @TempDir private Path trash;

  private Tsdb open(Disk disk) throws IOException {
    return Tsdb.open(directory, new Tsdb.Parts(disk, () -> Instant.EPOCH, names), OPTIONS, _ -> {});
  }

  private CrashDisk disk() {
    return new CrashDisk(trash, Seed.random("disk"), Long.MAX_VALUE);
  }

  private static void put(Tsdb db, long time) throws IOException {
    try (Appender appender = db.appender()) {
      appender.append(appender.series(A), time, (double) time);
      appender.append(appender.series(B), time, (double) time);
      appender.commit();
    }
  }

  private static NativeHistogram histogram() {
    return NativeHistogram.builder()
        .integer(true)
        .count(1)
        .positive(NativeHistogram.Buckets.of(new int[] {0}, new int[] {1}, new double[] {1}))
        .build();
  }

  @Test
  void nothingOfACommitThatTheDiskRefusedComesBack() throws IOException {
    for (int space = 0; space < 200; space += 9) {
      CrashDisk disk = disk();
      Map<String, List<String>> before;
      try (Tsdb db = open(disk)) {
        put(db, (space + 1) * 1000L);
        before = TsdbTest.read(db, 0, Long.MAX_VALUE);
        disk.limitSpace(space);
        boolean refused = false;
        try (Appender appender = db.appender()) {
          for (int i = 0; i < 5; i++) {
            Labels labels = Labels.of("__name__", "n", "job", "n" + space + i, "i", "" + i);
            appender.append(appender.series(labels), 1000, i);
            Labels other = Labels.of("__name__", "h", "job", "h" + space + i);
            appender.append(appender.series(other), 1000, histogram());
          }
          appender.commit();
        } catch (IOException _) {
          refused = true;
        }
        disk.limitSpace(Long.MAX_VALUE);
        assertTrue(refused);
        assertEquals(before, TsdbTest.read(db, 0, Long.MAX_VALUE));
      }
      try (Tsdb db = open(new FileDisk())) {
        assertEquals(before, TsdbTest.read(db, 0, Long.MAX_VALUE));
        assertEquals(0, db.head().repairs());
      }
    }
  }

  @Test
  void concurrentDurableCommitsShareASync()
      throws IOException, InterruptedException, ExecutionException {
    int threads = 6;
    CrashDisk disk = disk();
    try (Tsdb db = open(disk);
        ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      put(db, 0);
      db.head().sync();
      long before = disk.syncs();
      CountDownLatch started = new CountDownLatch(1);
      AtomicBoolean first = new AtomicBoolean(true);
      disk.beforeSync(
          () -> {
            if (first.getAndSet(false)) {
              started.countDown();
              while (db.head().figures().appended().floats() < 2 + threads) {
                Thread.onSpinWait();
              }
            }
          });
      List<Future<?>> commits = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        Labels labels = Labels.of("__name__", "m", "job", "t" + i);
        commits.add(pool.submit(() -> putDurably(db, labels)));
        started.await();
      }
      for (Future<?> commit : commits) {
        commit.get();
      }
      assertEquals(2, disk.syncs() - before, "one for the first, one for all that waited");
      assertEquals(threads + 2, TsdbTest.read(db, 0, Long.MAX_VALUE).size());
    }
  }

  private static void putDurably(Tsdb db, Labels labels) {
    try (Appender appender = db.durable().appender()) {
      appender.append(appender.series(labels), 1000, 1);
      appender.commit();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void commitsDoNotSyncUnlessAskedTo() throws IOException {
    CrashDisk disk = disk();
    try (Tsdb db = open(disk)) {
      long before = disk.syncs();
      put(db, 0);
      put(db, 1000);
      assertEquals(before, disk.syncs());
      db.compactNow();
      assertEquals(before + 1, disk.syncs());
    }
  }

  @Test
  void aMergeThatADamagedBlockPreventsIsNotTriedAgain() throws IOException {
    try (Tsdb db = open(new FileDisk())) {
      for (long time = 0; time < 35 * MINUTE; time += 10_000) {
        put(db, time);
      }
      db.compactNow();
      assertEquals(2, db.blocks().size());
      Path chunks =
          directory.resolve(db.blocks().getFirst().ulid().text()).resolve("chunks/000001");
      try (RandomAccessFile file = new RandomAccessFile(chunks.toFile(), "rw")) {
        file.seek(40);
        file.write(file.read() ^ 0xFF);
      }
      for (long time = 35 * MINUTE; time < 80 * MINUTE; time += 10_000) {
        put(db, time);
      }
      db.compactNow();
      assertEquals(1, db.compactionsFailed());
      assertEquals(3, db.blocks().stream().filter(BlockMeta::failed).count());
      assertTrue(db.blocks().stream().anyMatch(meta -> meta.level() > 1), "others were merged");
      db.compactNow();
      assertEquals(1, db.compactionsFailed());
    }
    try (Tsdb db = open(new FileDisk())) {
      assertEquals(3, db.blocks().stream().filter(BlockMeta::failed).count());
    }
  }

  @Test
  void sizeRetentionCountsInHundredthsOfTheDisk() throws IOException {
    assertEquals(250, new Retention(Duration.ZERO, 7, 25).limitBytes(1000));
    assertEquals(7, new Retention(Duration.ZERO, 7, 0).limitBytes(1000));
    assertThrows(RuntimeException.class, () -> new Retention(Duration.ZERO, 0, 101));
    try (Tsdb db = open(new FileDisk())) {
      for (long time = 0; time < 60 * MINUTE; time += 10_000) {
        put(db, time);
      }
      db.compactNow();
      assertFalse(db.blocks().isEmpty());
      db.setRetention(new Retention(Duration.ZERO, 0, 1e-12));
      db.compactNow();
      assertEquals(List.of(), db.blocks());
    }
  }

  @Test
  void aSnapshotHoldsWholeCommitsOnly(@TempDir Path target)
      throws IOException, InterruptedException, ExecutionException {
    try (Tsdb db = open(new FileDisk());
        ExecutorService pool = Executors.newSingleThreadExecutor()) {
      put(db, 0);
      AtomicBoolean stop = new AtomicBoolean();
      Future<?> writer =
          pool.submit(
              () -> {
                for (long time = 1; !stop.get(); time++) {
                  put(db, time);
                }
                return null;
              });
      for (int i = 0; i < 5; i++) {
        Path copy = target.resolve("s" + i);
        db.snapshot(copy, Head.Inclusion.INCLUDED);
        try (Tsdb read =
            Tsdb.open(
                copy,
                new Tsdb.Parts(new FileDisk(), () -> Instant.EPOCH, names),
                OPTIONS,
                _ -> {})) {
          Map<String, List<String>> found = TsdbTest.read(read, 0, Long.MAX_VALUE);
          assertEquals(found.get(A.toString()), found.get(B.toString()));
        }
      }
      stop.set(true);
      writer.get();
    }
  }

  @Test
  void aTailerThatWasOvertakenSaysSo() throws IOException {
    try (Tsdb db = open(new FileDisk())) {
      put(db, 0);
      WalTailer tailer = db.tail();
      tailer.poll(new RecordVisitor() {});
      assertEquals(0, tailer.segmentsLost());
      for (long time = 1000; time < 120 * MINUTE; time += 10_000) {
        put(db, time);
        if (time % (20 * MINUTE) < 10_000) {
          db.compactNow();
        }
      }
      tailer.poll(new RecordVisitor() {});
      assertTrue(tailer.segmentsLost() > 0);
    }
  }

  @Test
  void aDamagedRecordEndsTheLogAndWritingGoesOn() throws IOException {
    List<String> all;
    try (Tsdb db = open(new FileDisk())) {
      for (long time = 0; time < 3 * MINUTE; time += 1000) {
        put(db, time);
      }
      all = TsdbTest.read(db, 0, Long.MAX_VALUE).getOrDefault(A.toString(), List.of());
    }
    Path segment = directory.resolve("wal/00000000");
    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
      file.seek(Files.size(segment) / 2);
      file.write(file.read() ^ 0x10);
    }
    int kept;
    try (Tsdb db = open(new FileDisk())) {
      assertEquals(1, db.head().repairs());
      kept = TsdbTest.read(db, 0, Long.MAX_VALUE).getOrDefault(A.toString(), List.of()).size();
      assertTrue(kept > 0 && kept < all.size());
      put(db, 4 * MINUTE);
    }
    try (Tsdb db = open(new FileDisk())) {
      assertEquals(0, db.head().repairs());
      List<String> found =
          TsdbTest.read(db, 0, Long.MAX_VALUE).getOrDefault(A.toString(), List.of());
      assertEquals(all.subList(0, kept), found.subList(0, kept));
      assertEquals(kept + 1, found.size());
    }
  }
}
