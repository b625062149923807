package io.oriel.promql;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.model.labels.Labels;
import io.oriel.promql.eval.Execution.Workers;
import io.oriel.promql.script.MemoryStorage;
import io.oriel.promql.script.SeriesLine;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;
import io.oriel.promql.value.Value;
import io.oriel.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Compares the engine with the definition of each function, applied step by step to the samples
/// themselves.
class StepByStepPropertyTest {
  private static final long RANGE = 60_000;

  @Test
  void rateIsTheExtrapolatedDifference() {
    check("rate(m_total[1m])", window -> increase(window) / 60);
    check("increase(m_total[1m])", StepByStepPropertyTest::increase);
  }

  @Test
  void functionsOverTimeSeeTheWindow() {
    check("sum_over_time(m_total[1m])", w -> w.values.stream().mapToDouble(v -> v).sum());
    check("count_over_time(m_total[1m])", w -> (double) w.values.size());
    check("max_over_time(m_total[1m])", w -> w.values.stream().mapToDouble(v -> v).max().orElse(0));
    check("min_over_time(m_total[1m])", w -> w.values.stream().mapToDouble(v -> v).min().orElse(0));
    check("last_over_time(m_total[1m])", w -> w.values.getLast());
    check("resets(m_total[1m])", StepByStepPropertyTest::resets);
  }

  /// The samples of one window: after its start, up to its end.
  private record Window(long end, List<Long> times, List<Double> values) {}

  private static double increase(Window window) {
    int n = window.values.size();
    if (n < 2) {
      return Column.ABSENT;
    }
    double result = window.values.getLast() - window.values.getFirst();
    for (int i = 1; i < n; i++) {
      if (window.values.get(i) < window.values.get(i - 1)) {
        result += window.values.get(i - 1);
      }
    }
    double sampled = (window.times.getLast() - window.times.getFirst()) / 1000.0;
    double average = sampled / (n - 1);
    double before = (window.times.getFirst() - (window.end - RANGE)) / 1000.0;
    double after = (window.end - window.times.getLast()) / 1000.0;
    before = before >= 1.1 * average ? average / 2 : before;
    if (result > 0) {
      before = Math.min(before, sampled * window.values.getFirst() / result);
    }
    after = after >= 1.1 * average ? average / 2 : after;
    return result * (sampled + before + after) / sampled;
  }

  private static double resets(Window window) {
    double resets = 0;
    for (int i = 1; i < window.values.size(); i++) {
      resets += window.values.get(i) < window.values.get(i - 1) ? 1 : 0;
    }
    return resets;
  }

  private static void check(String query, Function<Window, Double> definition) {
    SplittableRandom random = Seed.random(query);
    for (int i = 0; i < Seed.iterations(200); i++) {
      NavigableMap<Long, Double> samples = samples(random);
      MemoryStorage storage = new MemoryStorage();
      Labels labels = Labels.of("__name__", "m_total");
      samples.forEach(
          (time, value) -> storage.add(labels, time, SeriesLine.values("" + value).getFirst(), 0));
      Grid grid = new Grid(random.nextInt(200_000), 1 + random.nextInt(30_000), 20);
      QueryEngine engine =
          new QueryEngine(EngineOptions.DEFAULT, new Workers(Runnable::run, 1), () -> 0);
      Value.RangeMatrix result =
          (Value.RangeMatrix)
              engine.range(storage, query, grid, QueryOptions.DEFAULT).run().value();

      for (int step = 0; step < grid.count(); step++) {
        double wanted = expected(samples, grid.time(step), definition);
        double got =
            result.series().isEmpty() ? Column.ABSENT : result.series().getFirst().value(step);
        String where = query + " at step " + step + ", " + Seed.replay(i);
        assertEquals(Column.isAbsent(wanted), Column.isAbsent(got), where);
        if (!Column.isAbsent(wanted)) {
          assertEquals(wanted, got, 1e-9 * Math.max(1, Math.abs(wanted)), where);
        }
      }
    }
  }

  private static double expected(
      NavigableMap<Long, Double> samples, long time, Function<Window, Double> definition) {
    NavigableMap<Long, Double> inside = samples.subMap(time - RANGE, false, time, true);
    if (inside.isEmpty()) {
      return Column.ABSENT;
    }
    return definition.apply(
        new Window(time, new ArrayList<>(inside.keySet()), new ArrayList<>(inside.values())));
  }

  /// A counter with gaps, pauses and resets.
  private static NavigableMap<Long, Double> samples(SplittableRandom random) {
    TreeMap<Long, Double> samples = new TreeMap<>();
    long time = random.nextInt(20_000);
    double value = random.nextInt(100);
    for (int n = random.nextInt(60); n > 0; n--) {
      samples.put(time, value);
      time += 1 + random.nextInt(random.nextInt(8) == 0 ? 90_000 : 15_000);
      value = random.nextInt(10) == 0 ? random.nextInt(20) : value + random.nextInt(1000) / 8.0;
    }
    return samples;
  }
}
