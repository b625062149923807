package io.oriel.federation.compact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.CrashDisk;
import io.oriel.federation.block.BlockMark;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.bucket.Content;
import io.oriel.federation.bucket.FaultyBucket;
import io.oriel.federation.bucket.MemoryBucket;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.tsdb.block.Ulid;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A compactor that dies, a bucket that fails, blocks that are damaged, a disk that is full.
@Timeout(120)
class CompactorFaultTest {
  private CompactorRig rig;

  @BeforeEach
  void rig(@TempDir Path temp) {
    rig = new CompactorRig(temp);
  }

  @Test
  void marksADamagedBlockAndGoesOn() throws Exception {
    StoredMeta damaged = rig.twoHours(CompactorRig.DEV, 0);
    for (int i = 1; i < 9; i++) {
      rig.twoHours(CompactorRig.DEV, i);
    }
    Labels other = Labels.of("cluster", "prod");
    for (int i = 0; i < 5; i++) {
      rig.twoHours(other, i);
    }
    byte[] chunk = rig.memory.read(damaged.ulid() + "/chunks/000001", 1 << 20);
    chunk[40] ^= 1;
    rig.memory.upload(damaged.ulid() + "/chunks/000001", Content.of(chunk));

    CompactorReport report = rig.run(rig.memory, rig.config());

    assertEquals(List.of(), report.failures());
    BlockMark mark =
        rig.view(rig.memory).mark(damaged.ulid(), BlockMark.Kind.NO_COMPACT).orElseThrow();
    assertTrue(mark.details().contains("checksum mismatch"), mark.details());
    assertEquals(3, report.compactions());
    assertEquals(1, report.setAside());
    assertEquals(4 + 3 + 4, report.marked());
    assertEquals(List.of("0", "16", "2", "8"), rig.starts(CompactorRig.DEV));
    assertEquals(List.of("0", "8"), rig.starts(other));
  }

  @Test
  void oneStreamThatFailsHoldsUpNoOther() throws Exception {
    Labels bad = Labels.of("cluster", "bad");
    List<StoredMeta> unreadable = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      rig.twoHours(CompactorRig.DEV, i);
      unreadable.add(rig.twoHours(bad, i));
    }
    FaultyBucket faulty = new FaultyBucket(rig.memory);
    faulty.fail(
        Kind.UNAVAILABLE,
        (what, name) -> what.equals("get") && name.equals(unreadable.get(2).ulid() + "/index"));

    CompactorReport report = rig.run(faulty, rig.config());

    assertEquals(1, report.failures().size());
    assertEquals(1, report.compactions());
    assertEquals(
        List.of("0-2", "0-8", "2-4", "4-6", "6-8", "8-10", "8-10"),
        CompactorRig.ranges(rig.view(rig.memory), 0));
  }

  @Test
  void losesAndDoublesNothingWhereverItDies() throws Exception {
    for (int i = 0; i < 5; i++) {
      rig.twoHours(CompactorRig.DEV, i);
    }
    Set<String> before = rig.samples(rig.memory);
    FaultyBucket counted = new FaultyBucket(rig.copy());
    rig.run(counted, rig.config());
    long changes = counted.changes();
    assertTrue(changes >= 8, "changes: " + changes);

    for (long dies = 0; dies <= changes; dies++) {
      MemoryBucket fresh = rig.copy();
      FaultyBucket dying = new FaultyBucket(fresh);
      dying.dieAfter(dies);
      try {
        rig.run(dying, rig.config());
      } catch (OrielException e) {
        assertEquals(Kind.CANCELLED, e.kind());
      }

      assertEquals(before, rig.samples(fresh), "readers after it died at change " + dies);
      rig.now.addAndGet(Duration.ofMinutes(6).toMillis());
      fresh.time(rig.now.get());
      CompactorReport report = rig.run(fresh, rig.config());
      assertTrue(report.worked(), "lease of the dead after change " + dies);
      assertEquals(before, rig.samples(fresh), "repaired after it died at change " + dies);
      assertEquals(
          List.of("0-8", "8-10"),
          CompactorRig.ranges(rig.view(fresh), 0),
          "died at change " + dies);
    }
  }

  @Test
  void survivesAFullDisk() throws Exception {
    for (int i = 0; i < 5; i++) {
      rig.twoHours(CompactorRig.DEV, i);
    }
    Set<String> before = rig.samples(rig.memory);
    CrashDisk full =
        new CrashDisk(
            Files.createDirectories(rig.temp.resolve("trash")), rig.random, Long.MAX_VALUE);
    full.limitSpace(20_000);
    rig.disk = full;

    CompactorReport report = rig.run(rig.memory, rig.config());

    assertEquals(1, report.failures().size());
    assertTrue(report.failures().getFirst().contains("no space"), report.failures().getFirst());
    assertEquals(before, rig.samples(rig.memory));
    rig.disk = CompactorRig.DISK;
    assertEquals(1, rig.run(rig.memory, rig.config()).compactions());
    assertEquals(before, rig.samples(rig.memory));
  }

  @Test
  void waitsForListingsToSettle() throws Exception {
    FaultyBucket late = new FaultyBucket(rig.memory);
    for (int i = 0; i < 5; i++) {
      rig.twoHours(CompactorRig.DEV, i);
    }
    Set<String> before = rig.samples(rig.memory);
    late.listLate();

    rig.run(late, rig.config());
    late.settle();
    rig.run(late, rig.config());
    rig.run(late, rig.config());

    assertEquals(before, rig.samples(rig.memory));
    assertEquals(List.of("0-8", "8-10"), CompactorRig.ranges(rig.view(rig.memory), 0));
  }

  @Test
  void deletesAbortedUploadsButNotUnreadableBlocks() throws Exception {
    rig.memory.time(rig.now.get() - Duration.ofDays(3).toMillis());
    Ulid aborted = Ulid.create(CompactorRig.START, rig.random);
    rig.memory.upload(aborted + "/index", Content.of("x"));
    Ulid unreadable = Ulid.create(CompactorRig.START, rig.random);
    rig.memory.upload(unreadable + "/meta.json", Content.of("{"));
    rig.memory.time(rig.now.get());
    Ulid young = Ulid.create(CompactorRig.START, rig.random);
    rig.memory.upload(young + "/index", Content.of("x"));

    rig.run(rig.memory, rig.config());

    assertEquals(Set.of(unreadable.text(), young.text()), rig.blockDirectories());
  }

  @Test
  void touchesNothingWhenItCannotSeeEverything() throws Exception {
    for (int i = 0; i < 5; i++) {
      rig.twoHours(CompactorRig.DEV, i);
    }
    FaultyBucket faulty = new FaultyBucket(rig.memory);
    faulty.fail(
        Kind.UNAVAILABLE, (what, name) -> what.equals("get") && name.endsWith("/meta.json"));

    OrielException e = assertThrows(OrielException.class, () -> rig.run(faulty, rig.config()));

    assertEquals(Kind.UNAVAILABLE, e.kind());
    assertEquals(5, CompactorRig.ranges(rig.view(rig.memory), 0).size());
  }
}
