package io.oriel.federation.compact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.federation.block.BlockMark;
import io.oriel.federation.block.BucketBlocks;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.bucket.FaultyBucket;
import io.oriel.federation.bucket.Pause;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Compactors beside each other, and tasks of one beside each other.
@Timeout(120)
class CompactorTurnsTest {
  private CompactorRig rig;

  @BeforeEach
  void rig(@TempDir Path temp) {
    rig = new CompactorRig(temp);
  }

  @Test
  void twoAtOnceDoNotCollide() throws Exception {
    for (int i = 0; i < 5; i++) {
      rig.twoHours(CompactorRig.DEV, i);
    }
    CompactorReport[] second = new CompactorReport[1];
    CompactorConfig other = rig.config();
    FaultyBucket hooked = new FaultyBucket(rig.memory);
    hooked.fail(
        Kind.BUG,
        (what, name) -> {
          if (second[0] == null && what.equals("upload") && name.endsWith("/index")) {
            second[0] = new CompactorReport(true, 99, 0, 0, 0, 0, List.of());
            try {
              second[0] = rig.run(rig.memory, other);
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          }
          return false;
        });

    CompactorReport first = rig.run(hooked, rig.config());

    assertTrue(first.worked());
    assertFalse(second[0].worked());
    assertEquals(List.of("0-8", "8-10"), CompactorRig.ranges(rig.view(rig.memory), 0));
  }

  /// Compactors take turns on machines whose clocks are hours apart, and so was the uploader's.
  @Test
  void clocksThatDifferLoseAndDoubleNothing() throws Exception {
    for (int i = 0; i < 9; i++) {
      rig.twoHours(CompactorRig.DEV, i);
    }
    long right = rig.now.get();
    rig.now.set(right + 30 * CompactorRig.HOUR);
    rig.twoHours(CompactorRig.DEV, 9);
    rig.now.set(right);
    Set<String> before = rig.samples(rig.memory);

    for (long hours : new long[] {-5, 7, -3, 0, 2, 29, 60, 120}) {
      rig.now.set(right + hours * CompactorRig.HOUR);
      assertEquals(List.of(), rig.run(rig.memory, rig.config()).failures());
      assertEquals(before, rig.samples(rig.memory), () -> "hours off: " + hours);
    }

    assertEquals(
        Set.of("0-8", "8-16", "16-18", "18-20"),
        Set.copyOf(CompactorRig.ranges(rig.view(rig.memory), 0)));
  }

  @Test
  void stopsWhenItsLeaseRanOut() throws Exception {
    for (int i = 0; i < 5; i++) {
      rig.twoHours(CompactorRig.DEV, i);
    }
    FaultyBucket slow = new FaultyBucket(rig.memory);
    slow.fail(
        Kind.BUG,
        (what, name) -> {
          if (what.equals("upload") && name.endsWith("/index")) {
            rig.nanos.addAndGet(Duration.ofMinutes(10).toNanos());
          }
          return false;
        });

    OrielException e = assertThrows(OrielException.class, () -> rig.run(slow, rig.config()));

    assertEquals(Kind.CONFLICT, e.kind());
    assertEquals(0, rig.marked(BlockMark.Kind.DELETION), "nothing was marked without the lease");
  }

  /// A merge that hangs does not keep what was marked long ago from being deleted.
  @Test
  void cleansUpBesideAMergeThatTakesLong() throws Exception {
    StoredMeta old = rig.twoHours(Labels.of("cluster", "gone"), 0);
    for (int i = 0; i < 5; i++) {
      rig.twoHours(CompactorRig.DEV, i);
    }
    CountDownLatch merging = new CountDownLatch(1);
    CountDownLatch cleaned = new CountDownLatch(1);
    FaultyBucket slow = new FaultyBucket(rig.memory);
    slow.fail(
        Kind.BUG,
        (what, name) -> {
          if (what.equals("get") && name.endsWith("/index")) {
            merging.countDown();
            awaits(cleaned);
          } else if (what.equals("delete") && name.startsWith(old.ulid() + "/deletion")) {
            cleaned.countDown();
          }
          return false;
        });
    CompactorConfig config =
        rig.config()
            .withBounds(
                1L << 30,
                new CompactorConfig.Pace(1, 1, 1, Duration.ofMinutes(5), Duration.ZERO),
                Long.MAX_VALUE);
    Pause marksWhileMerging =
        interval -> {
          merging.await();
          if (!interval.equals(config.pace().cleanupInterval()) || cleaned.getCount() == 0) {
            CompactorRig.FOREVER.of(Duration.ofDays(1));
          }
          new BucketBlocks(
                  rig.memory, () -> Instant.ofEpochMilli(rig.now.get() - 72 * CompactorRig.HOUR))
              .mark(old.ulid(), BlockMark.Kind.DELETION, "", "by hand");
        };

    CompactorReport report = rig.compactor(slow, config, marksWhileMerging).runOnce();

    assertEquals(List.of(), report.failures());
    assertEquals(1, report.deleted());
    assertEquals(1, report.compactions());
    assertTrue(rig.view(rig.memory).block(old.ulid()).isEmpty());
  }

  private static void awaits(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
