package io.oriel.promql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Queryable;
import io.oriel.promql.eval.Execution.Workers;
import io.oriel.promql.script.MemoryStorage;
import io.oriel.promql.script.SeriesLine;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;
import io.oriel.promql.value.Value;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QueryEngineTest {
  private static final Workers ALONE = new Workers(Runnable::run, 1);

  private static MemoryStorage storage(int series) {
    MemoryStorage storage = new MemoryStorage();
    for (int i = 0; i < series; i++) {
      SeriesLine line =
          SeriesLine.parse("x_total{i=\"" + i + "\",g=\"" + i % 3 + "\"} 0+" + (i + 0.1) + "x100");
      for (int k = 0; k < line.values().size(); k++) {
        storage.add(line.labels(), k * 15_000L, line.values().get(k), 0);
      }
    }
    return storage;
  }

  private static QueryEngine engine(EngineOptions options) {
    return new QueryEngine(options, ALONE, () -> 0);
  }

  private static EngineOptions limits(long samples, long bytes) {
    return new EngineOptions(
        Duration.ofMinutes(5),
        Duration.ofMinutes(1),
        samples,
        bytes,
        2,
        Duration.ofMinutes(1),
        Set.of());
  }

  @Test
  void helpersChangeNothing() {
    MemoryStorage storage = storage(500);
    Grid grid = Grid.between(0, 1_500_000, 10_000);
    try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
      QueryEngine together = new QueryEngine(limits(0, 0), new Workers(pool, 4), () -> 0);
      for (String query :
          List.of(
              "sum by (g) (rate(x_total[1m]))",
              "avg(x_total)",
              "stddev by (g) (x_total)",
              "x_total{g=\"1\"}",
              "topk(3, x_total)",
              "max_over_time(sum by (g) (x_total)[2m:30s])",
              "x_total / on (i) rate(x_total[5m])")) {
        Value alone =
            engine(limits(0, 0)).range(storage, query, grid, QueryOptions.DEFAULT).run().value();
        Value helped = together.range(storage, query, grid, QueryOptions.DEFAULT).run().value();

        assertSame(query, (Value.RangeMatrix) alone, (Value.RangeMatrix) helped);
      }
    }
  }

  private static void assertSame(String query, Value.RangeMatrix a, Value.RangeMatrix b) {
    assertEquals(
        a.series().stream().map(Column::labels).toList(),
        b.series().stream().map(Column::labels).toList(),
        query);
    for (int i = 0; i < a.series().size(); i++) {
      for (int step = 0; step < a.grid().count(); step++) {
        double wanted = a.series().get(i).value(step);
        double got = b.series().get(i).value(step);
        boolean close = Math.abs(wanted - got) <= Math.abs(wanted) * 1e-12;
        assertTrue(close || isSameNan(wanted, got), query + ": " + wanted + ", " + got);
      }
    }
  }

  private static boolean isSameNan(double a, double b) {
    return Double.isNaN(a) && Double.isNaN(b) && Column.isAbsent(a) == Column.isAbsent(b);
  }

  @Test
  void namesTheLimitItRefusesBy() {
    Grid grid = Grid.between(0, 600_000, 10_000);

    LimitExceeded samples =
        assertThrows(
            LimitExceeded.class,
            () ->
                engine(limits(100, 0))
                    .range(storage(10), "x_total", grid, QueryOptions.DEFAULT)
                    .run());
    LimitExceeded memory =
        assertThrows(
            LimitExceeded.class,
            () ->
                engine(limits(0, 2_000))
                    .range(storage(10), "x_total", grid, QueryOptions.DEFAULT)
                    .run());

    assertEquals("query.max-samples", samples.limit());
    assertEquals("query.max-memory", memory.limit());
  }

  @Test
  void aggregationHoldsOnlyTheGroups() {
    Grid grid = Grid.between(0, 600_000, 10_000);

    QueryResult result =
        engine(limits(200, 10_000))
            .range(storage(300), "sum by (g) (rate(x_total[1m]))", grid, QueryOptions.DEFAULT)
            .run();

    assertEquals(300, result.stats().seriesRead());
    assertTrue(result.stats().peakSamples() <= 3L * grid.count());
  }

  @Test
  void stopsWhenTheTimeIsUp() {
    AtomicLong clock = new AtomicLong();
    QueryEngine engine =
        new QueryEngine(limits(0, 0), ALONE, () -> clock.addAndGet(20_000_000_000L));

    OrielException stopped =
        assertThrows(
            OrielException.class,
            () -> engine.instant(storage(1), "x_total", 0, QueryOptions.DEFAULT).run());

    assertEquals(Kind.TIMEOUT, stopped.kind());
  }

  @Test
  void listsAndCancelsRunningQueries() {
    MemoryStorage storage = storage(1);
    QueryEngine engine = engine(limits(0, 0));
    Queryable cancelling =
        (min, max) -> {
          RunningQuery running = engine.running().getFirst();
          assertEquals("sum(x_total)", running.query());
          assertTrue(engine.cancel(running.id()));
          return storage.querier(min, max);
        };

    OrielException stopped =
        assertThrows(
            OrielException.class,
            () -> engine.instant(cancelling, "sum(x_total)", 0, QueryOptions.DEFAULT).run());

    assertEquals(Kind.CANCELLED, stopped.kind());
    assertTrue(engine.running().isEmpty());
  }

  @Test
  void explainsAndMeasures() {
    QueryEngine engine = engine(limits(0, 0));
    Query query =
        engine.instant(
            storage(6), "sum(rate(x_total[1m])) / 2", 60_000, QueryOptions.DEFAULT.analyzed());

    assertEquals(
        """
        join /
          aggregate sum by []
            call rate
              window x_total[1m]
          constant 2.0
        """,
        query.explain());
    assertTrue(query.run().analysis().contains("call rate  [series=6 samples=6 time="));
  }

  @Test
  void countsSamplesPerStepWhenAsked() {
    EngineOptions options = limits(0, 0).with(Set.of(Feature.PER_STEP_STATS));
    Grid grid = Grid.between(60_000, 120_000, 30_000);

    QueryStats stats =
        engine(options)
            .range(storage(2), "rate(x_total[1m])", grid, QueryOptions.DEFAULT)
            .run()
            .stats();

    assertEquals(List.of(8L, 8L, 8L), stats.samplesPerStep());
    assertEquals(24, stats.totalSamples());
  }

  @Test
  void equalPartsAreEvaluatedOnce() {
    QueryResult result =
        engine(limits(0, 0))
            .instant(
                storage(10),
                "sum(x_total) / (sum(x_total) + sum(x_total))",
                0,
                QueryOptions.DEFAULT)
            .run();

    assertEquals(10, result.stats().seriesRead());
  }

  @Test
  void longChainsOfOperatorsDoNotOverflow() {
    MemoryStorage storage = storage(1);
    String chain = "x_total" + " + x_total".repeat(500);

    Value value =
        engine(limits(0, 0)).instant(storage, chain, 15_000, QueryOptions.DEFAULT).run().value();

    Value.InstantVector vector = assertInstanceOf(Value.InstantVector.class, value);
    assertEquals(501 * 0.1, vector.series().getFirst().value(0), 1e-9);
    assertEquals(Labels.of("i", "0", "g", "0"), vector.series().getFirst().labels());
  }

  @Test
  void scalarsAndStringsHaveValuesOfTheirOwn() {
    QueryEngine engine = engine(limits(0, 0));
    MemoryStorage storage = storage(1);

    assertEquals(
        new Value.Scalar(1000, 1.0),
        engine.instant(storage, "time()", 1000, QueryOptions.DEFAULT).run().value());
    assertEquals(
        new Value.Text(1000, "a"),
        engine.instant(storage, "\"a\"", 1000, QueryOptions.DEFAULT).run().value());
    assertThrows(
        OrielException.class,
        () -> engine.range(storage, "\"a\"", Grid.between(0, 10, 1), QueryOptions.DEFAULT));
  }
}
