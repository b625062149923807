package io.oriel.promql.peer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.promql.EngineOptions;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.QueryOptions;
import io.oriel.promql.eval.Execution.Workers;
import io.oriel.promql.script.MemoryStorage;
import io.oriel.promql.script.SeriesLine;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;
import io.oriel.promql.value.Value;
import io.oriel.testkit.Peer;
import io.oriel.testkit.Seed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random queries over the same samples, here and in a Prometheus server. Samples lie 337 ms behind
/// full seconds and are asked for 137 ms behind them, so that no sample is on the edge of a range:
/// Prometheus excludes the left one only since 3.0.
class PrometheusDifferentialTest {
  private static final long START = 1_000_000_000L;
  private static final int SAMPLES = 100;
  private static final long INTERVAL = 15_000;

  private final MemoryStorage storage = new MemoryStorage();
  private final StringBuilder text = new StringBuilder();
  private final SplittableRandom random = Seed.random("differential");

  @Test
  void answersRandomQueriesAsPrometheus(@TempDir Path directory) throws Exception {
    RandomQuery queries = new RandomQuery(random);
    makeSamples();

    String summary =
        compare(
            directory,
            Stream.generate(queries::next).limit(Seed.iterations(3000)).toList(),
            Grid.between(START + 300_137, START + 1_500_137, 61_000));

    System.out.println("differential: random queries: " + summary);
  }

  /// Without the query for a label name that only became valid with UTF-8 names in 3.0.
  @Test
  void answersComplianceQueriesAsPrometheus(@TempDir Path directory) throws Exception {
    makeDemoSamples();

    String summary =
        compare(
            directory,
            ComplianceQueries.all().stream().filter(query -> !query.contains("~invalid")).toList(),
            Grid.between(START + 900_137, START + 1_500_137, 10_000));

    System.out.println("differential: compliance queries: " + summary);
  }

  /// Of equals both name the same, where upstream's order does not hang on a Go map.
  @Test
  void tiesAreSettledAsPrometheusSettlesThem(@TempDir Path directory) throws Exception {
    makeDemoSamples();
    List<String> queries = new ArrayList<>();
    for (int k = 1; k <= 14; k++) {
      for (String operator : List.of("topk", "bottomk")) {
        queries.add(operator + "(" + k + ", sgn(demo_cpu_usage_seconds_total - 100))");
        queries.add(operator + " by (job) (" + k + ", demo_num_cpus)");
        queries.add(operator + "(" + k + ", round(rate(demo_cpu_usage_seconds_total[5m]), 0.1))");
      }
    }

    String summary =
        compare(directory, queries, Grid.between(START + 900_137, START + 1_500_137, 10_000));

    System.out.println("differential: ties: " + summary);
  }

  /// Asks both sides and fails when they disagree; how many queries there were.
  private String compare(Path directory, List<String> queries, Grid grid) throws Exception {
    Optional<Path> prometheus = Peer.find("prometheus");
    Optional<Path> promtool = Peer.find("promtool");
    Assumptions.assumeTrue(
        prometheus.isPresent() && promtool.isPresent(),
        "no prometheus and promtool on PATH or in -Doriel.peers");
    QueryEngine engine =
        new QueryEngine(EngineOptions.DEFAULT, new Workers(Runnable::run, 1), () -> 0);
    List<String> problems = new ArrayList<>();
    int refused = 0;
    try (PrometheusPeer peer =
        PrometheusPeer.start(
            prometheus.orElseThrow(), promtool.orElseThrow(), directory, text.toString())) {
      for (String query : queries) {
        String theirs = peer.range(query, grid.startMillis(), grid.endMillis(), grid.stepMillis());
        refused += ApiMatrix.isError(theirs) ? 1 : 0;
        problem(engine, query, grid, theirs).ifPresent(text -> problems.add(query + "\n  " + text));
      }
    }
    assertTrue(
        problems.isEmpty(),
        () ->
            problems.size()
                + " differ:\n"
                + String.join("\n", problems.stream().limit(25).toList()));
    return queries.size() + " answered as Prometheus does, " + refused + " refused as it does";
  }

  private Optional<String> problem(QueryEngine engine, String query, Grid grid, String theirs) {
    Map<Map<String, String>, Map<Long, Double>> ours;
    try {
      ours = matrix(engine.range(storage, query, grid, QueryOptions.DEFAULT).run().value());
    } catch (OrielException e) {
      return ApiMatrix.isError(theirs)
          ? Optional.empty()
          : Optional.of("refused: " + e.getMessage());
    }
    if (ApiMatrix.isError(theirs)) {
      return Optional.of("want " + theirs);
    }
    Map<Map<String, String>, Map<Long, Double>> wanted = ApiMatrix.parse(theirs);
    if (!wanted.keySet().equals(ours.keySet())) {
      return Optional.of("got series " + ours.keySet() + ", want " + wanted.keySet());
    }
    for (Map.Entry<Map<String, String>, Map<Long, Double>> series : wanted.entrySet()) {
      Map<Long, Double> points = ours.getOrDefault(series.getKey(), Map.of());
      if (!same(series.getValue(), points)) {
        return Optional.of(series.getKey() + ": got " + points + ", want " + series.getValue());
      }
    }
    return Optional.empty();
  }

  private static boolean same(Map<Long, Double> wanted, Map<Long, Double> got) {
    if (!wanted.keySet().equals(got.keySet())) {
      return false;
    }
    return wanted.entrySet().stream()
        .allMatch(
            point -> {
              double a = point.getValue();
              double b = got.getOrDefault(point.getKey(), Double.NaN);
              double tolerance = 1e-9 * Math.max(1e-3, Math.max(Math.abs(a), Math.abs(b)));
              return Double.compare(a, b) == 0 || Math.abs(a - b) <= tolerance;
            });
  }

  private static Map<Map<String, String>, Map<Long, Double>> matrix(Value value) {
    Map<Map<String, String>, Map<Long, Double>> matrix = new HashMap<>();
    Value.RangeMatrix range = (Value.RangeMatrix) value;
    for (Column column : range.series()) {
      Map<Long, Double> points = new TreeMap<>();
      for (int step = 0; step < range.grid().count(); step++) {
        if (column.hasFloat(step)) {
          points.put(range.grid().time(step), column.value(step));
        }
      }
      matrix.put(column.labels().toMap(), points);
    }
    return matrix;
  }

  /// Gauges with gaps, counters with resets to values far from zero, and a classic histogram.
  private void makeSamples() {
    for (String name : List.of("g", "other")) {
      text.append("# TYPE ").append(name).append(" gauge\n");
      for (int i = 0; i < 6; i++) {
        double value = random.nextDouble(-100, 100);
        String zone = i % 3 == 0 ? ",zone=\"z" + i % 2 + "\"" : "";
        String labels = "{job=\"" + (i < 3 ? "a" : "b") + "\",i=\"" + i % 3 + "\"" + zone + "}";
        int gap = random.nextInt(SAMPLES);
        for (int k = 0; k < SAMPLES; k++) {
          value += random.nextDouble(-10, 10);
          if (k < gap || k > gap + 30 * (i % 2)) {
            sample(name, labels, k, value);
          }
        }
      }
    }
    text.append("# TYPE c counter\n");
    for (int i = 0; i < 6; i++) {
      double value = 1e6 * random.nextDouble(1, 2);
      for (int k = 0; k < SAMPLES; k++) {
        value = random.nextInt(30) == 0 ? 1e5 + value / 10 : value + random.nextDouble(0, 50);
        sample("c_total", "{job=\"" + (i < 3 ? "a" : "b") + "\",i=\"" + i % 3 + "\"}", k, value);
      }
    }
    text.append("# TYPE h histogram\n");
    String[] bounds = {"0.1", "1.0", "10.0", "+Inf"};
    long[] counts = {100_000, 200_000, 300_000, 400_000};
    for (int k = 0; k < SAMPLES; k++) {
      long more = 0;
      for (int b = 0; b < bounds.length; b++) {
        more += random.nextInt(20);
        counts[b] += more;
        sample("h_bucket", "{le=\"" + bounds[b] + "\"}", k, (double) counts[b]);
      }
    }
    text.append("# EOF\n");
  }

  /// What the compliance suite's demo service exposes, as far as its queries ask for it.
  private void makeDemoSamples() {
    for (String name :
        List.of(
            "demo_memory_usage_bytes",
            "demo_num_cpus",
            "demo_disk_usage_bytes",
            "demo_batch_last_success_timestamp_seconds",
            "demo_intermittent_metric")) {
      text.append("# TYPE ").append(name).append(" gauge\n");
      for (int host = 0; host < 3; host++) {
        String labels = "{instance=\"demo.promlabs.com:1000" + host + "\",job=\"demo\"";
        if (name.equals("demo_memory_usage_bytes")) {
          for (String type : List.of("buffers", "cached", "free", "used")) {
            demo(name, labels + ",type=\"" + type + "\"}", 1e9);
          }
        } else {
          demo(name, labels + "}", name.equals("demo_num_cpus") ? 0 : 1e6);
        }
      }
    }
    text.append("# TYPE demo_api_request_duration_seconds histogram\n");
    for (int k = 0; k < SAMPLES; k++) {
      long count = 1_000_000;
      for (String le : List.of("0.1", "1.0", "+Inf")) {
        count += 100L * k;
        sample(
            "demo_api_request_duration_seconds_bucket", "{le=\"" + le + "\"}", k, (double) count);
      }
    }
    text.append("# EOF\n");
  }

  private void demo(String name, String labels, double spread) {
    double level = spread * random.nextDouble(1, 2) + 4;
    for (int k = 0; k < SAMPLES; k++) {
      boolean missing = name.equals("demo_intermittent_metric") && k % 40 > 10;
      if (!missing) {
        sample(name, labels, k, level + spread / 10 * random.nextDouble());
      }
    }
  }

  private void sample(String name, String labels, int k, double value) {
    long time = START + 337 + k * INTERVAL;
    text.append(name).append(labels).append(' ').append(value).append(' ');
    text.append(time / 1000).append('.').append(time % 1000).append('\n');
    Labels identity = SeriesLine.parse(name + labels + " 0").labels();
    storage.add(identity, time, SeriesLine.values("" + value).getFirst(), 0);
  }
}
