package io.oriel.federation.dedup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.testkit.Seed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OverlapsTest {
  private record Span(long min, long max) {}

  @Test
  void chunksThatFollowOneAnotherStayTogether() {
    List<Span> chunks = List.of(new Span(0, 9), new Span(10, 19), new Span(20, 29));

    assertEquals(List.of(chunks), Overlaps.split(chunks, Span::min, Span::max));
  }

  @Test
  void aSharedEdgeIsAnOverlap() {
    List<Span> chunks = List.of(new Span(0, 10), new Span(10, 19), new Span(20, 29));

    assertEquals(
        List.of(List.of(chunks.get(0), chunks.get(2)), List.of(chunks.get(1))),
        Overlaps.split(chunks, Span::min, Span::max));
  }

  @Test
  void splitsIntoAsManyRunsAsOverlapAtOnce() {
    for (int n = 0; n < Seed.iterations(300); n++) {
      SplittableRandom random = Seed.random("overlaps" + n);
      List<Span> chunks = new ArrayList<>();
      for (int i = random.nextInt(20); i > 0; i--) {
        long min = random.nextLong(100);
        chunks.add(new Span(min, min + random.nextLong(30)));
      }
      chunks.sort(Comparator.comparingLong(Span::min));

      List<List<Span>> runs = Overlaps.split(chunks, Span::min, Span::max);

      int total = 0;
      for (List<Span> run : runs) {
        total += run.size();
        for (int i = 1; i < run.size(); i++) {
          assertTrue(run.get(i - 1).max() < run.get(i).min(), Seed.replay(n));
        }
      }
      assertEquals(chunks.size(), total, Seed.replay(n));
      assertEquals(deepest(chunks), runs.size(), Seed.replay(n));
    }
  }

  private static int deepest(List<Span> chunks) {
    int deepest = 0;
    for (Span at : chunks) {
      int over = 0;
      for (Span chunk : chunks) {
        over += chunk.min() <= at.min() && at.min() <= chunk.max() ? 1 : 0;
      }
      deepest = Math.max(deepest, over);
    }
    return deepest;
  }
}
