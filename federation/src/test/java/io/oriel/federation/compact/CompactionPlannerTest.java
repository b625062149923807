package io.oriel.federation.compact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.model.labels.Labels;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.Ulid;
import io.oriel.tsdb.compact.CompactionPlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CompactionPlannerTest {
  private final CompactionPlanner planner = new CompactionPlanner(List.of(20L, 60L, 180L));
  private final SplittableRandom random = Seed.random("planner");
  private final List<StoredMeta> stream = new ArrayList<>();

  private StoredMeta block(long min, long max) {
    return block(min, max, 100, 0);
  }

  private StoredMeta block(long min, long max, long series, long tombstones) {
    Ulid ulid = Ulid.create(1_700_000_000_000L + stream.size(), random);
    BlockMeta meta =
        BlockMeta.fresh(ulid, min, max, List.of())
            .withStats(new BlockMeta.Stats(1, 1, 0, series, 1, tombstones));
    StoredMeta stored =
        StoredMeta.of(meta, ThanosSection.of(Labels.empty(), 0, ThanosSection.SIDECAR));
    stream.add(stored);
    return stored;
  }

  private List<String> plan(Ulid... excluded) {
    return planner.next(stream, Set.of(excluded)).stream()
        .map(meta -> meta.block().minMillis() + "-" + meta.block().maxMillis())
        .toList();
  }

  @Test
  void hasNothingToDoWithFewBlocks() {
    assertEquals(List.of(), plan());
    block(0, 20);
    assertEquals(List.of(), plan());
    block(20, 40);
    assertEquals(List.of(), plan());
  }

  @Test
  void waitsUntilTheRangeIsFull() {
    block(0, 20);
    block(20, 40);
    block(40, 60);
    assertEquals(List.of(), plan(), "the newest is left alone");

    block(60, 80);
    assertEquals(List.of("0-20", "20-40", "40-60"), plan());
  }

  @Test
  void mergesAnIncompleteRangeOnceItIsPassed() {
    block(20, 40);
    block(40, 60);
    block(60, 80);
    assertEquals(List.of(), plan());

    block(80, 100);
    assertEquals(List.of("20-40", "40-60"), plan());
  }

  @Test
  void mergesThePresentRangesFurther() {
    block(0, 60);
    block(60, 120);
    block(120, 180);
    block(180, 200);

    assertEquals(List.of("0-60", "60-120", "120-180"), plan());
  }

  @Test
  void takesOverlappingBlocksFirst() {
    block(0, 20);
    block(20, 40);
    block(30, 50);
    block(60, 80);

    assertEquals(List.of("20-40", "30-50"), plan());
  }

  @Test
  void mergesAroundExcludedBlocks() {
    block(0, 20);
    StoredMeta bad = block(20, 40);
    block(40, 60);
    block(60, 80);
    assertEquals(List.of(), plan(bad.ulid()), "not across it");

    stream.clear();
    block(0, 60);
    StoredMeta worse = block(60, 120);
    block(120, 180);
    block(180, 240);
    block(240, 300);
    block(300, 360);
    block(360, 380);
    assertEquals(List.of("180-240", "240-300", "300-360"), plan(worse.ulid()));
  }

  @Test
  void writesLongBlocksWithManyDeletionsAnew() {
    block(0, 60, 100, 6);
    block(60, 120, 100, 1);
    block(120, 140);
    assertEquals(List.of("0-60"), plan());
  }

  @Test
  void leavesBlocksAloneWhoseMergeFailed() {
    StoredMeta failed = block(0, 20);
    stream.set(0, StoredMeta.of(failed.block().withFailed(), failed.thanos()));
    block(20, 40);
    block(40, 60);
    block(60, 80);

    assertEquals(List.of(), plan());
  }

  @Test
  void alwaysComesToAnEnd() {
    for (int i = 0; i < Seed.iterations(300); i++) {
      stream.clear();
      Set<Ulid> excluded = new HashSet<>();
      for (int n = random.nextInt(60); n > 0; n--) {
        long min = random.nextInt(50) * 20L;
        StoredMeta meta = block(min, min + 20L * (1 + random.nextInt(4)));
        if (random.nextInt(10) == 0) {
          excluded.add(meta.ulid());
        }
      }
      int rounds = 0;
      List<StoredMeta> plan = planner.next(stream, excluded);
      while (!plan.isEmpty()) {
        assertTrue(plan.stream().noneMatch(meta -> excluded.contains(meta.ulid())));
        assertTrue(plan.size() > 1 && rounds++ < 100, Seed.replay(i));
        stream.removeAll(plan);
        StoredMeta first = plan.getFirst();
        stream.add(
            StoredMeta.of(
                CompactionPlan.merged(first.ulid(), plan.stream().map(StoredMeta::block).toList()),
                first.thanos()));
        plan = planner.next(stream, excluded);
      }
    }
  }
}
