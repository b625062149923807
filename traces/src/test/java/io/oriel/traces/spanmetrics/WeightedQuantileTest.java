package io.oriel.traces.spanmetrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WeightedQuantileTest {
  private record Weighed(double value, double weight) {}

  private static WeightedQuantile.Group group(double weight, List<Double> sorted) {
    List<Double> values = new ArrayList<>();
    for (double percent : WeightedQuantile.PERCENTS) {
      values.add(sorted.get((int) Math.round(percent / 100 * (sorted.size() - 1))));
    }
    return new WeightedQuantile.Group(weight * sorted.size(), values);
  }

  @Test
  void withoutAnythingThereIsNoQuantile() {
    assertTrue(Double.isNaN(WeightedQuantile.of(List.of(), 0.5)));
  }

  @Test
  void oneValueIsEveryQuantile() {
    List<WeightedQuantile.Group> one = List.of(group(10, List.of(7.0)));

    for (double quantile : List.of(0.0, 0.5, 1.0)) {
      assertEquals(7, WeightedQuantile.of(one, quantile));
    }
  }

  @Test
  void aSpanCountsAsOftenAsItStandsFor() {
    List<WeightedQuantile.Group> groups = List.of(group(9, List.of(1.0)), group(1, List.of(100.0)));

    assertEquals(1, WeightedQuantile.of(groups, 0.89), 1e-6);
    assertEquals(100, WeightedQuantile.of(groups, 0.91), 1e-6);
  }

  /// Against the sorted list of all values.
  @Test
  void theRankOfWhatIsFoundIsRightToOneInAHundred() {
    int rounds = Seed.iterations(200);
    for (int round = 0; round < rounds; round++) {
      SplittableRandom random = Seed.random("weighted quantile " + round);
      List<Weighed> all = new ArrayList<>();
      List<WeightedQuantile.Group> groups = new ArrayList<>();
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        double weight = 1 + random.nextInt(100);
        double scale = Math.exp(random.nextInt(8));
        List<Double> values = new ArrayList<>();
        for (int k = 200 + random.nextInt(500); k > 0; k--) {
          values.add(scale * Math.exp(random.nextGaussian()));
        }
        values.sort(null);
        values.forEach(value -> all.add(new Weighed(value, weight)));
        groups.add(group(weight, values));
      }
      double total = all.stream().mapToDouble(Weighed::weight).sum();
      double quantile = random.nextDouble();

      double found = WeightedQuantile.of(groups, quantile);

      double below =
          all.stream().filter(each -> each.value() <= found).mapToDouble(Weighed::weight).sum();
      assertEquals(quantile, below / total, 0.012, Seed.replay(round));
    }
  }
}
