package io.oriel.federation.dedup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.series.SampleColumns;
import io.oriel.testkit.Seed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeduplicationPropertyTest {
  private static final long INTERVAL = 10_000;

  private static List<SampleColumns> replicas(SplittableRandom random) {
    List<SampleColumns> replicas = new ArrayList<>();
    for (int i = 2 + random.nextInt(3); i > 0; i--) {
      replicas.add(Rows.scraped(random, INTERVAL, 80, 1000 * i));
    }
    return replicas;
  }

  @ParameterizedTest
  @EnumSource
  void everySampleComesFromAReplicaAndTimeRises(Deduplication how) {
    for (int n = 0; n < Seed.iterations(200); n++) {
      List<SampleColumns> replicas = replicas(Seed.random("members" + n));
      Set<String> known = new HashSet<>();
      replicas.forEach(replica -> known.addAll(Rows.text(replica)));

      SampleColumns into = new SampleColumns();
      how.merge(replicas, into);

      assertTrue(known.containsAll(Rows.text(into)), Seed.replay(n));
      for (int i = 1; i < into.size(); i++) {
        assertTrue(into.timestamps()[i - 1] < into.timestamps()[i], Seed.replay(n));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void equalReplicasAreOneOfThem(Deduplication how) {
    for (int n = 0; n < Seed.iterations(100); n++) {
      SampleColumns one = Rows.scraped(Seed.random("equal" + n), INTERVAL, 50, 0);

      SampleColumns into = new SampleColumns();
      how.merge(List.of(one, one, one), into);

      assertEquals(Rows.text(one), Rows.text(into), Seed.replay(n));
    }
  }

  @ParameterizedTest
  @EnumSource
  void countersNeverFallUnlessChained(Deduplication how) {
    if (how == Deduplication.CHAIN) {
      return;
    }
    for (int n = 0; n < Seed.iterations(200); n++) {
      SplittableRandom random = Seed.random("counters" + n);
      List<SampleColumns> pair =
          List.of(
              Rows.scraped(random, INTERVAL, 80, random.nextInt(50)),
              Rows.scraped(random, INTERVAL, 80, random.nextInt(50)));

      SampleColumns into = new SampleColumns();
      how.mergeCounters(pair, into);

      for (int i = 1; i < into.size(); i++) {
        assertTrue(into.values()[i - 1] <= into.values()[i], Seed.replay(n));
      }
    }
  }

  @Test
  void chainIsTheUnionByTime() {
    for (int n = 0; n < Seed.iterations(200); n++) {
      List<SampleColumns> replicas = replicas(Seed.random("union" + n));
      Map<Long, Double> union = new HashMap<>();
      for (SampleColumns replica : replicas) {
        for (int i = 0; i < replica.size(); i++) {
          union.putIfAbsent(replica.timestamps()[i], replica.values()[i]);
        }
      }

      SampleColumns into = new SampleColumns();
      Deduplication.CHAIN.merge(replicas, into);

      Map<Long, Double> merged = new HashMap<>();
      for (int i = 0; i < into.size(); i++) {
        merged.put(into.timestamps()[i], into.values()[i]);
      }
      assertEquals(union, merged, Seed.replay(n));
    }
  }

  @Test
  void intervalHasNoGapsWhereAnyReplicaHasSamplesAndNeverDoublesTheRate() {
    for (int n = 0; n < Seed.iterations(300); n++) {
      List<SampleColumns> replicas = replicas(Seed.random("gaps" + n));

      SampleColumns into = new SampleColumns();
      Deduplication.INTERVAL.merge(replicas, into);

      for (int i = 1; i < into.size(); i++) {
        long from = into.timestamps()[i - 1];
        long to = into.timestamps()[i];
        assertTrue(to - from >= INTERVAL / 3, () -> from + " " + to + " crowded");
        String replay = Seed.replay(n) + " from " + from + " to " + to;
        assertTrue(
            to - from <= 2 * INTERVAL || !samplesBetween(replicas, from + INTERVAL, to - 1),
            replay);
      }
    }
  }

  private static boolean samplesBetween(List<SampleColumns> replicas, long from, long to) {
    for (SampleColumns replica : replicas) {
      for (int i = 0; i < replica.size(); i++) {
        if (replica.timestamps()[i] >= from && replica.timestamps()[i] <= to) {
          return true;
        }
      }
    }
    return false;
  }
}
