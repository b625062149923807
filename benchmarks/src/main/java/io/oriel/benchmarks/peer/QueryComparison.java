package io.oriel.benchmarks.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Asks both servers the same range queries on copies of the same blocks, in turn, and compares
/// answers and times.
final class QueryComparison {
  /** Rounds over all queries before any is measured; a virtual machine needs them. */
  private static final int WARMUP_ROUNDS = 15;

  private static final long STEP_SECONDS = 30;
  private static final long RANGE_SECONDS = 4 * 3600;

  /** Keeps evaluation times off the samples: the edge of a range is in for one server only. */
  private static final long OFF_SAMPLES = 7;

  private final Path blocks;
  private final Path directory;
  private final int runs;
  private final PrintStream out;

  /// @param blocks a data directory with blocks; it is copied
  QueryComparison(Path blocks, Path directory, int runs, PrintStream out) {
    this.blocks = blocks;
    this.directory = directory;
    this.runs = runs;
    this.out = out;
  }

  void run(List<String> prometheus, List<String> oriel) throws IOException, InterruptedException {
    long start = System.nanoTime();
    try (Peer left = Peer.start("prometheus", prometheus, copy("prometheus"), 19_421);
        Peer right = Peer.start("oriel", oriel, copy("oriel"), 19_422)) {
      left.awaitReady(start);
      right.awaitReady(start);
      long end = newest() / 1000 - OFF_SAMPLES;
      double[] before = {left.residentMebibytes(), right.residentMebibytes()};
      for (int round = 0; round < WARMUP_ROUNDS; round++) {
        for (String query : queries()) {
          left.bytes(path(query, end));
          right.bytes(path(query, end));
        }
      }
      out.printf("%-72s %10s %10s %7s  %s%n", "query", "A ms", "B ms", "A/B", "answers");
      double logs = 0;
      List<String> queries = queries();
      for (String query : queries) {
        logs += Math.log(one(query, end, left, right));
      }
      out.printf(Locale.ROOT, "geometric mean of A/B: %.2f%n", Math.exp(logs / queries.size()));
      out.printf(
          Locale.ROOT,
          "memory growth: A %.0f MiB, B %.0f MiB%n",
          left.residentMebibytes() - before[0],
          right.residentMebibytes() - before[1]);
    }
  }

  private double one(String query, long end, Peer left, Peer right)
      throws IOException, InterruptedException {
    String path = path(query, end);
    byte[] a = {};
    byte[] b = {};
    double[] timesA = new double[runs];
    double[] timesB = new double[runs];
    for (int run = 0; run < runs; run++) {
      long t0 = System.nanoTime();
      a = left.bytes(path);
      long t1 = System.nanoTime();
      b = right.bytes(path);
      long t2 = System.nanoTime();
      timesA[run] = (t1 - t0) / 1e6;
      timesB[run] = (t2 - t1) / 1e6;
    }
    double medianA = median(timesA);
    double medianB = median(timesB);
    String verdict = new Answers(a, b).difference();
    out.printf(
        Locale.ROOT,
        "%-72s %10.1f %10.1f %7.1f  %s%n",
        query,
        medianA,
        medianB,
        medianA / medianB,
        verdict.isEmpty() ? "same" : verdict);
    return medianA / medianB;
  }

  private static String path(String query, long end) {
    return "/api/v1/query_range?query=%s&start=%d&end=%d&step=%d"
        .formatted(Peer.encoded(query), end - RANGE_SECONDS, end, STEP_SECONDS);
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private Path copy(String name) throws IOException {
    Path home = Files.createDirectories(directory.resolve(name));
    Files.writeString(home.resolve("prometheus.yml"), "global: {scrape_interval: 1h}\n");
    Path data = home.resolve("data");
    try (Stream<Path> files = Files.walk(blocks)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = data.resolve(blocks.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    return home;
  }

  /// The end of the newest block, Unix milliseconds.
  private long newest() throws IOException {
    long newest = 0;
    try (Stream<Path> metas = Files.walk(blocks)) {
      for (Path meta : metas.filter(file -> file.endsWith("meta.json")).toList()) {
        String text = Files.readString(meta);
        newest =
            Math.max(
                newest, Long.parseLong(text.replaceAll("(?s).*\"maxTime\":\\s*([0-9]+).*", "$1")));
      }
    }
    return newest;
  }

  private static List<String> queries() {
    try (InputStream in = QueryComparison.class.getResourceAsStream("queries.txt")) {
      if (in == null) {
        throw new IllegalStateException("queries.txt is not on the class path");
      }
      List<String> queries = new ArrayList<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          queries.add(line.strip());
        }
      }
      return queries;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
