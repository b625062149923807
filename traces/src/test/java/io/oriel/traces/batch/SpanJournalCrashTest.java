package io.oriel.traces.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.CrashDisk;
import io.oriel.disk.FileDisk;
import io.oriel.model.error.RetryLater;
import io.oriel.testkit.Seed;
import io.oriel.traces.assemble.Spans;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpanJournalCrashTest {
  private static final SpanJournal.Bounds BOUNDS = new SpanJournal.Bounds(1 << 20, 600);

  @TempDir private Path temp;

  /// What a sender was told of one batch, each of which has one span.
  private static final class Told {
    private final Set<Long> offered = new HashSet<>();
    private final Set<Long> acknowledged = new HashSet<>();
    private final Set<Long> settled = new HashSet<>();
  }

  /// Power fails at any operation, twice in a row: every batch that was acknowledged and not
  /// settled comes back, once; nothing comes that was never there.
  @Test
  void crashAnywhere() throws Exception {
    int rounds = Seed.iterations(300);
    for (int round = 0; round < rounds; round++) {
      SplittableRandom random = Seed.random("span journal " + round);
      Path directory = temp.resolve("j" + round);
      Told told = new Told();
      long next = 1;
      for (int life = 0; life < 2; life++) {
        CrashDisk disk =
            new CrashDisk(
                Files.createDirectories(temp.resolve("t" + round + "-" + life)),
                random.split(),
                1 + random.nextInt(80));
        next = live(disk, directory, told, random, next);
        disk.powerCut();
      }
      check(directory, told, round);
    }
    System.out.println("span journal: " + rounds + " times two power cuts");
  }

  private static void check(Path directory, Told told, int round)
      throws IOException, InterruptedException {
    List<Long> found = new ArrayList<>();
    try (SpanJournal journal = SpanJournal.open(new FileDisk(), directory, BOUNDS)) {
      journal.recover(
          batch -> {
            found.add(batch.spans().getFirst().spanId());
            return true;
          });
    }
    assertEquals(new HashSet<>(found).size(), found.size(), () -> found + Seed.replay(round));
    assertTrue(told.offered.containsAll(found), () -> found + Seed.replay(round));
    Set<Long> owed = new HashSet<>(told.acknowledged);
    owed.removeAll(told.settled);
    owed.removeAll(Set.copyOf(found));
    assertTrue(owed.isEmpty(), () -> owed + " are lost " + Seed.replay(round));
  }

  private static long live(
      CrashDisk disk, Path directory, Told told, SplittableRandom random, long first)
      throws InterruptedException {
    long next = first;
    List<SpanBatch> open = new ArrayList<>();
    try {
      SpanJournal journal = SpanJournal.open(disk, directory, BOUNDS);
      journal.recover(open::add);
      while (!disk.isDead()) {
        if (!open.isEmpty() && random.nextInt(5) < 2) {
          SpanBatch done = open.remove(random.nextInt(open.size()));
          told.settled.add(done.spans().getFirst().spanId());
          done.settle();
          continue;
        }
        SpanBatch batch =
            new SpanBatch(
                List.of(Spans.of(next, 0, "shop", 1, 2)),
                1,
                random.nextInt(4) == 0 ? SpanBatch.Answer.NONE : SpanBatch.Answer.AWAITED,
                Receipt.NONE);
        told.offered.add(next++);
        open.add(batch.owing(journal.append(batch)));
        if (batch.answer() == SpanBatch.Answer.AWAITED) {
          told.acknowledged.add(batch.spans().getFirst().spanId());
        }
      }
    } catch (IOException | RetryLater _) {
      assertTrue(disk.isDead());
    }
    return next;
  }
}
