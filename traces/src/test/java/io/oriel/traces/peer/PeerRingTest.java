package io.oriel.traces.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.trace.TraceId;
import io.oriel.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PeerRingTest {
  private static final List<String> MEMBERS = List.of("c:4317", "a:4317", "b:4317", "d:4317");

  private static List<TraceId> traces(int count) {
    SplittableRandom random = Seed.random("ring");
    List<TraceId> traces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      // ids of eight bytes, ids that count up, ids at random
      traces.add(
          switch (i % 3) {
            case 0 -> new TraceId(0, random.nextLong());
            case 1 -> new TraceId(7, i);
            default -> new TraceId(random.nextLong(), random.nextLong());
          });
    }
    return traces;
  }

  @Test
  void membersGetEqualSharesInWhateverOrderTheyAreNamed() {
    PeerRing ring = new PeerRing(MEMBERS);
    PeerRing other = new PeerRing(MEMBERS.reversed());
    Map<String, Integer> shares = new TreeMap<>();
    for (TraceId trace : traces(40_000)) {
      assertEquals(ring.ownerOf(trace), other.ownerOf(trace));
      shares.merge(ring.ownerOf(trace), 1, Integer::sum);
    }

    assertEquals(4, shares.size());
    // five standard deviations of a quarter of 40,000
    shares.values().forEach(share -> assertEquals(10_000, share, 5 * Math.sqrt(7_500)));
    assertEquals("a:4317", ring.leader());
  }

  @Test
  void onlyTheTracesOfOneWhoGoesMove() {
    PeerRing before = new PeerRing(MEMBERS);
    PeerRing after = new PeerRing(List.of("a:4317", "b:4317", "d:4317"));
    int moved = 0;
    for (TraceId trace : traces(10_000)) {
      String owner = before.ownerOf(trace);
      if (owner.equals("c:4317")) {
        moved++;
      } else {
        assertEquals(owner, after.ownerOf(trace));
      }
    }
    assertTrue(moved > 2_000, "" + moved);
  }
}
