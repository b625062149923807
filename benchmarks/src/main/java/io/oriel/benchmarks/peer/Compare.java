package io.oriel.benchmarks.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Runs a comparison with a real Prometheus or Thanos.
///
/// {@code ingest PROMETHEUS ORIEL [SERIES [WARMUP_S [MEASURED_S [INTERVAL_S]]]]} and {@code query
/// PROMETHEUS ORIEL BLOCKS [RUNS]}, where PROMETHEUS is the program, ORIEL the launcher, and BLOCKS
/// a data directory; {@code compact THANOS ORIEL [SERIES [REPLICAS]]}, {@code global THANOS ORIEL
/// [SERIES]} and {@code month THANOS ORIEL [SERIES]}. Everything runs on loopback, below a new
/// temporary directory, and ends by itself.
public final class Compare {
  private Compare() {}

  /// Runs the comparison that the first argument names.
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length < 3) {
      System.err.println(
          """
          ingest PROMETHEUS ORIEL [SERIES [WARMUP_S [MEASURED_S [INTERVAL_S]]]]
          query  PROMETHEUS ORIEL BLOCKS [RUNS]
          compact THANOS ORIEL [SERIES [REPLICAS]]
          global THANOS ORIEL [SERIES]
          month  THANOS ORIEL [SERIES]""");
      System.exit(2);
    }
    Path peer = Path.of(arguments[1]).toAbsolutePath();
    List<String> prometheus = List.of(peer.toString());
    List<String> oriel = List.of(Path.of(arguments[2]).toAbsolutePath().toString(), "metrics");
    Path directory = Files.createTempDirectory("oriel-compare-");
    switch (arguments[0]) {
      case "ingest" ->
          new IngestComparison(
                  directory,
                  number(arguments, 3, 2000),
                  number(arguments, 4, 60),
                  number(arguments, 5, 60),
                  number(arguments, 6, 1),
                  System.out)
              .run(prometheus, oriel);
      case "query" ->
          new QueryComparison(Path.of(arguments[3]), directory, number(arguments, 4, 5), System.out)
              .run(prometheus, oriel);
      case "compact" ->
          new CompactComparison(
                  directory, number(arguments, 3, 10_000), number(arguments, 4, 1), System.out)
              .run(peer, Path.of(arguments[2]).toAbsolutePath());
      case "global" ->
          new GlobalQueryComparison(directory, number(arguments, 3, 50_000), System.out).run(peer);
      case "month" ->
          new LongRangeComparison(directory, number(arguments, 3, 200), System.out)
              .run(peer, Path.of(arguments[2]).toAbsolutePath());
      default ->
          throw new IllegalArgumentException(
              "got " + arguments[0] + ", want ingest, query, compact, global or month");
    }
  }

  private static int number(String[] arguments, int at, int fallback) {
    return arguments.length > at ? Integer.parseInt(arguments[at]) : fallback;
  }
}
