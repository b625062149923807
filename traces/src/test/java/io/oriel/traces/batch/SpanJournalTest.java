package io.oriel.traces.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.CrashDisk;
import io.oriel.disk.FileDisk;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.error.RetryLater;
import io.oriel.model.trace.Span;
import io.oriel.traces.assemble.Spans;
import io.oriel.traces.index.IndexNames;
import io.oriel.traces.index.KnownServices;
import io.oriel.traces.index.Rotation;
import io.oriel.traces.index.SpanItemMaker;
import io.oriel.traces.index.TagFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpanJournalTest {
  private static final SpanJournal.Bounds SMALL = new SpanJournal.Bounds(4_000, 500);

  @TempDir private Path directory;

  private static SpanItemMaker maker() {
    return new SpanItemMaker(
        new IndexNames("", Rotation.ALIAS),
        TagFields.none(),
        new KnownServices(Duration.ofHours(1)),
        InstantSource.system());
  }

  private static SpanBatch batch(long first, int count) {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      spans.add(Spans.of(first + i, 0, "shop", 1_000, 1_005));
    }
    return new SpanBatch(spans, 100);
  }

  private SpanJournal open(SpanJournal.Bounds bounds) throws IOException {
    return SpanJournal.open(new FileDisk(), directory, bounds);
  }

  private static List<SpanBatch> left(SpanJournal journal)
      throws IOException, InterruptedException {
    List<SpanBatch> left = new ArrayList<>();
    journal.recover(left::add);
    return left;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  @Test
  void whatIsNotSettledComesBack() throws Exception {
    try (SpanJournal journal = open(SpanJournal.Bounds.holding(1 << 20))) {
      Receipt _ = journal.append(batch(1, 2));
      journal.append(batch(3, 2)).settle(2);
      journal.append(batch(5, 3)).settle(2);
      assertEquals(2, journal.batches());
    }

    try (SpanJournal journal = open(SpanJournal.Bounds.holding(1 << 20))) {
      List<SpanBatch> left = left(journal);
      assertEquals(
          List.of(batch(1, 2).spans(), batch(5, 3).spans()),
          left.stream().map(SpanBatch::spans).toList());
      assertTrue(left(journal).isEmpty(), "given out once");
      assertEquals(2, journal.batches());
      left.forEach(SpanBatch::settle);
      assertEquals(0, journal.batches());
    }
    assertEquals(List.of(), files(), "nothing is owed, nothing is kept");
  }

  /// Written but not synced is refused, and so it must not come back when a later sync covers it.
  @Test
  void whatCannotBeSyncedIsRefusedForGood() throws Exception {
    CrashDisk disk =
        new CrashDisk(
            Files.createDirectories(directory.resolve("trash")), new SplittableRandom(1), 10_000);
    Path kept = directory.resolve("journal");
    try (SpanJournal journal = SpanJournal.open(disk, kept, SpanJournal.Bounds.holding(1 << 20))) {
      disk.refuseSync(true);
      RetryLater refused = assertThrows(RetryLater.class, () -> journal.append(batch(1, 2)));
      assertEquals(Kind.UNAVAILABLE, refused.kind());
      assertTrue(refused.reason().contains("cannot sync"), refused::reason);
      assertEquals(0, journal.batches(), "its sender was told");
      disk.refuseSync(false);
      Receipt _ = journal.append(batch(3, 2));
      assertEquals(1, journal.batches());
    }
    disk.powerCut();

    try (SpanJournal journal =
        SpanJournal.open(new FileDisk(), kept, SpanJournal.Bounds.holding(1 << 20))) {
      assertEquals(
          List.of(batch(3, 2).spans()), left(journal).stream().map(SpanBatch::spans).toList());
    }
  }

  @Test
  void aKillLosesNoMark() throws Exception {
    SpanJournal killed = open(SpanJournal.Bounds.holding(1 << 20));
    Receipt _ = killed.append(batch(1, 1));
    killed.append(batch(2, 1)).settle(1);

    try (SpanJournal journal = open(SpanJournal.Bounds.holding(1 << 20))) {
      assertEquals(
          List.of(batch(1, 1).spans()), left(journal).stream().map(SpanBatch::spans).toList());
    }
    killed.close();
  }

  @Test
  void settledSegmentsGoAndAFullJournalRefuses() throws Exception {
    try (SpanJournal journal = open(SMALL)) {
      for (int i = 0; i < 100; i++) {
        journal.append(batch(i, 1)).settle(1);
      }
      assertTrue(journal.bytes() < 2_000, () -> journal.bytes() + " bytes");

      Receipt oldest = journal.append(batch(1, 1));
      RetryLater full =
          assertThrows(
              RetryLater.class,
              () -> {
                for (int i = 0; i < 100; i++) {
                  journal.append(batch(i, 1)).settle(1);
                }
              });
      assertEquals(Kind.LIMITED, full.kind());
      assertTrue(full.reason().startsWith("span journal is full: "), full::reason);
      assertTrue(journal.bytes() <= 4_000 + 500, () -> journal.bytes() + " bytes");
      oldest.settle(1);
      journal.append(batch(7, 1)).settle(1);
    }
  }

  @Test
  void aFullDiskRefusesAndLosesNothingBefore() throws Exception {
    Path trash = Files.createDirectories(directory.resolve("trash"));
    Path home = directory.resolve("journal");
    CrashDisk disk = new CrashDisk(trash, new SplittableRandom(1), Long.MAX_VALUE);
    SpanJournal journal = SpanJournal.open(disk, home, SMALL);
    Receipt _ = journal.append(batch(1, 1));
    disk.limitSpace(50);
    RetryLater refused = assertThrows(RetryLater.class, () -> journal.append(batch(2, 1)));
    assertEquals(Kind.UNAVAILABLE, refused.kind());
    assertTrue(refused.reason().contains("no space left"), refused::reason);
    disk.limitSpace(Long.MAX_VALUE);
    Receipt _ = journal.append(batch(3, 1));

    try (SpanJournal again = SpanJournal.open(new FileDisk(), home, SMALL)) {
      assertEquals(
          List.of(batch(1, 1).spans(), batch(3, 1).spans()),
          left(again).stream().map(SpanBatch::spans).toList());
    }
    journal.close();
  }

  @Test
  void aDiskThatDoesNotSyncAcknowledgesNobody() throws Exception {
    // the directory, the file, its beginning, the batch, and then the power fails
    CrashDisk disk =
        new CrashDisk(
            Files.createDirectories(directory.resolve("trash")), new SplittableRandom(1), 5);
    SpanJournal journal = SpanJournal.open(disk, directory.resolve("journal"), SMALL);

    for (int i = 0; i < 3; i++) {
      RetryLater refused = assertThrows(RetryLater.class, () -> journal.append(batch(1, 1)));
      assertEquals(Kind.UNAVAILABLE, refused.kind());
    }
    assertEquals(0, journal.batches());
  }

  @Test
  void whoComesWhileAnotherSyncsSharesTheNextSync() throws Exception {
    int senders = 50;
    CountDownLatch appended = new CountDownLatch(1);
    CrashDisk disk =
        new CrashDisk(
            Files.createDirectories(directory.resolve("trash")),
            new SplittableRandom(1),
            Long.MAX_VALUE);
    try (SpanJournal journal =
        SpanJournal.open(disk, directory.resolve("journal"), SpanJournal.Bounds.holding(1 << 20))) {
      disk.beforeSync(
          () -> {
            try {
              appended.await();
            } catch (InterruptedException _) {
              Thread.currentThread().interrupt();
            }
          });
      List<Thread> threads = new ArrayList<>();
      for (int i = 1; i <= senders; i++) {
        SpanBatch one = batch(i, 1);
        threads.add(Thread.ofPlatform().start(() -> journal.append(one)));
      }
      while (journal.batches() < senders) {
        Thread.onSpinWait();
      }
      appended.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
      assertTrue(disk.syncs() <= 2, () -> disk.syncs() + " syncs");
    }
  }

  @Test
  void damageIsCountedAndWhatIsBeforeItComesBack() throws Exception {
    try (SpanJournal journal = open(SpanJournal.Bounds.holding(1 << 20))) {
      for (int i = 1; i <= 3; i++) {
        Receipt _ = journal.append(batch(i, 1));
      }
    }
    Path file = files().getFirst();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);

    try (SpanJournal journal = open(SpanJournal.Bounds.holding(1 << 20))) {
      assertEquals(
          List.of(batch(1, 1).spans()), left(journal).stream().map(SpanBatch::spans).toList());
    }
  }

  @Test
  void aForeignFileIsNamed() throws Exception {
    Files.writeString(directory.resolve("0000000000000001.spans"), "something else");

    OrielException refused =
        assertThrows(OrielException.class, () -> open(SpanJournal.Bounds.holding(1 << 20)));

    assertEquals(Kind.CORRUPT, refused.kind());
    assertTrue(refused.reason().contains("0000000000000001.spans"), refused::reason);
  }

  @Test
  void aRefusedBatchLeavesNothingBehindAndRecoveryWaitsForRoom() throws Exception {
    SpanLedger ledger = new SpanLedger();
    SpanQueue queue = new SpanQueue(new SpanQueue.Bounds(3, 1 << 20), maker(), System::nanoTime);
    SpanJournal killed = open(SpanJournal.Bounds.holding(1 << 20));
    JournalSink sink = new JournalSink(killed, queue, ledger);
    sink.take(batch(1, 2));
    assertThrows(RetryLater.class, () -> sink.take(batch(3, 2)));
    assertEquals(1, killed.batches());
    killed.close();

    try (SpanJournal journal = open(SpanJournal.Bounds.holding(1 << 20))) {
      SpanQueue narrow = new SpanQueue(new SpanQueue.Bounds(1, 1 << 20), maker(), System::nanoTime);
      narrow.take(batch(9, 1));
      Thread freeing =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      narrow.poll(1, 1, Duration.ZERO).forEach(entry -> narrow.release(entry));
                    } catch (InterruptedException _) {
                      Thread.currentThread().interrupt();
                    }
                  });
      new JournalSink(journal, narrow, ledger).recover(new CountDownLatch(1));
      freeing.join();
      assertEquals(2, narrow.heldSpans());
      assertEquals(2, ledger.recovered());
    }
  }

  @Test
  void recoveryThatIsStoppedLeavesTheRest() throws Exception {
    try (SpanJournal journal = open(SpanJournal.Bounds.holding(1 << 20))) {
      Receipt _ = journal.append(batch(1, 2));
    }
    SpanLedger ledger = new SpanLedger();
    CountDownLatch closing = new CountDownLatch(1);
    closing.countDown();
    try (SpanJournal journal = open(SpanJournal.Bounds.holding(1 << 20))) {
      SpanQueue full = new SpanQueue(new SpanQueue.Bounds(1, 1), maker(), System::nanoTime);
      full.take(batch(9, 1));
      new JournalSink(journal, full, ledger).recover(closing);
    }
    assertEquals(2, ledger.kept());
    assertEquals(0, ledger.owed());
    try (SpanJournal journal = open(SpanJournal.Bounds.holding(1 << 20))) {
      assertEquals(1, left(journal).size());
    }
  }
}
