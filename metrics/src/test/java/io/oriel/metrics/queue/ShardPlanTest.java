package io.oriel.metrics.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ShardPlanTest {
  @Test
  void runsAsManyShardsAsSendingTakesTime() {
    ShardPlan plan = new ShardPlan(1, 50, 10);
    plan.came(10_000);
    // each sample takes 4 ms of some shard, a thousand come per second
    plan.sent(5_000, 20);

    assertEquals(4, plan.tick(1, 0).shards());
  }

  @Test
  void keepsItsShardsWhileTheNeedIsNear() {
    ShardPlan plan = new ShardPlan(1, 50, 10);
    plan.came(10_000);
    plan.sent(10_000, 45);

    ShardPlan.Decision decision = plan.tick(4, 0);

    assertEquals(4, decision.shards());
    assertEquals(4.5, decision.desired(), 1e-9);
  }

  @Test
  void staysWithinItsBounds() {
    ShardPlan plan = new ShardPlan(2, 8, 10);
    plan.came(10_000);
    plan.sent(1_000, 100);
    assertEquals(8, plan.tick(2, 0).shards());

    ShardPlan idle = new ShardPlan(2, 8, 10);
    idle.came(10);
    idle.sent(10, 0.01);
    assertEquals(2, idle.tick(8, 0).shards());
  }

  @Test
  void catchesUpAndDoesNotGiveUpShardsWhileBehind() {
    ShardPlan plan = new ShardPlan(1, 50, 10);
    plan.came(1_000);
    plan.sent(1_000, 1);
    assertEquals(8, plan.tick(8, 60).shards());

    ShardPlan behind = new ShardPlan(1, 50, 10);
    behind.came(1_000);
    behind.sent(1_000, 10);
    assertTrue(behind.tick(1, 100).shards() > 1);
  }

  @Test
  void waitsForAFirstSampleToGoOut() {
    ShardPlan plan = new ShardPlan(1, 50, 10);
    plan.came(1_000_000);

    assertEquals(3, plan.tick(3, 0).shards());
  }
}
