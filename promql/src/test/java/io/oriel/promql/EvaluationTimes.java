package io.oriel.promql;

import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Answer;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.Querier;
import io.oriel.model.series.Queryable;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.model.series.Warning;
import io.oriel.promql.eval.Execution.Workers;
import io.oriel.promql.value.Grid;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// Prints how long evaluation takes over series that are decoded already. A program, not a test.
final class EvaluationTimes {
  private static final int SERIES = 10_000;
  private static final int SAMPLES = 245;
  private static final long INTERVAL = 15_000;

  private EvaluationTimes() {}

  public static void main(String[] args) {
    Queryable source = source();
    try (ExecutorService pool = Executors.newFixedThreadPool(1)) {
      for (int threads : new int[] {1, 2}) {
        QueryEngine engine =
            new QueryEngine(EngineOptions.DEFAULT, new Workers(pool, threads), System::nanoTime);
        for (String query :
            List.of(
                "sum(rate(x_total[5m]))",
                "sum by (job) (rate(x_total[5m]))",
                "x_total{group=\"1\"}",
                "max_over_time(x_total{group=\"1\"}[5m])",
                "avg_over_time(x_total{group=\"1\"}[5m])",
                "x_total{group=\"1\"} / x_total{group=\"1\"}",
                "quantile by (job) (0.9, x_total{group=\"1\"})",
                "topk(5, x_total)")) {
          time(engine, source, query, threads);
        }
      }
    }
  }

  private static void time(QueryEngine engine, Queryable source, String query, int threads) {
    Grid grid = Grid.between(0, 480 * 7_500L, 7_500);
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 12; i++) {
      long start = System.nanoTime();
      engine.range(source, query, grid, QueryOptions.DEFAULT).run();
      best = Math.min(best, System.nanoTime() - start);
    }
    System.out.printf("%d threads  %8.1f ms  %s%n", threads, best / 1e6, query);
  }

  private static Queryable source() {
    List<Series> all = new ArrayList<>();
    for (int i = 0; i < SERIES; i++) {
      Labels labels =
          Labels.of("__name__", "x_total", "i", "" + i, "job", "" + i % 10, "group", "" + i % 10);
      long[] times = new long[SAMPLES];
      double[] values = new double[SAMPLES];
      for (int k = 0; k < SAMPLES; k++) {
        times[k] = k * INTERVAL + i % 1000;
        values[k] = k * (i % 7 + 1.0);
      }
      all.add(new Ready(labels, times, values));
    }
    return (min, max) -> new ReadyQuerier(all);
  }

  private static final class Ready implements Series {
    private final Labels labels;
    private final long[] times;
    private final double[] values;

    Ready(Labels labels, long[] times, double[] values) {
      this.labels = labels;
      this.times = times;
      this.values = values;
    }

    @Override
    public Labels labels() {
      return labels;
    }

    @Override
    public void read(SampleColumns into) {
      into.reserve(times.length);
      System.arraycopy(times, 0, into.timestamps(), into.size(), times.length);
      System.arraycopy(values, 0, into.values(), into.size(), times.length);
      into.addedDirectly(times.length);
    }

    @Override
    public List<EncodedChunk> chunks() {
      return List.of();
    }
  }

  private record ReadyQuerier(List<Series> all) implements Querier {
    @Override
    public SeriesCursor select(SelectHints hints, List<Matcher> matchers) {
      Iterator<Series> matching =
          all.stream().filter(series -> Matcher.all(matchers, series.labels())).iterator();
      return new SeriesCursor() {
        @Override
        public @Nullable Series next() {
          return matching.hasNext() ? matching.next() : null;
        }

        @Override
        public List<Warning> warnings() {
          return List.of();
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public Answer<List<String>> labelValues(String name, int limit, List<Matcher> matchers) {
      return Answer.of(List.of());
    }

    @Override
    public Answer<List<String>> labelNames(int limit, List<Matcher> matchers) {
      return Answer.of(List.of());
    }

    @Override
    public void close() {}
  }
}
