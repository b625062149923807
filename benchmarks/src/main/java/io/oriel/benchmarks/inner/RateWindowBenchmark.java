package io.oriel.benchmarks.inner;

import io.oriel.model.labels.Labels;
import io.oriel.promql.EngineOptions;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.QueryOptions;
import io.oriel.promql.QueryResult;
import io.oriel.promql.eval.Execution.Workers;
import io.oriel.promql.script.MemoryStorage;
import io.oriel.promql.script.SequenceValue;
import io.oriel.promql.value.Grid;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Time of one range query over 100 series of 960 samples, 480 steps, one thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RateWindowBenchmark {
  private static final long SCRAPE_MILLIS = 15_000;
  private static final int SAMPLES = 960;

  @Param({"rate(m[5m])", "sum by (g) (rate(m[5m]))", "max_over_time(m[5m])", "m"})
  public String query = "";

  private final MemoryStorage storage = new MemoryStorage();
  private final QueryEngine engine =
      new QueryEngine(EngineOptions.DEFAULT, new Workers(Runnable::run, 1), System::nanoTime);

  /// Makes the series.
  @Setup
  public void load() {
    for (int series = 0; series < 100; series++) {
      Labels labels = Labels.of("__name__", "m", "g", "g" + series % 10, "i", "i" + series);
      for (int i = 0; i < SAMPLES; i++) {
        storage.add(labels, i * SCRAPE_MILLIS, SequenceValue.of(i * (series + 1.0)), 0);
      }
    }
  }

  /// Runs it.
  @Benchmark
  public QueryResult range() {
    Grid grid = Grid.between(1_000, SAMPLES * SCRAPE_MILLIS, 30_000);
    return engine.range(storage, query, grid, QueryOptions.DEFAULT).run();
  }
}
