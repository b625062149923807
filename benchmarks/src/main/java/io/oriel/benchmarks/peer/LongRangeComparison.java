package io.oriel.benchmarks.peer;

import io.oriel.model.labels.Labels;
import io.oriel.runtime.lifecycle.Closer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Thirty days from one bucket, through a store and a query of ours and through Thanos': at the
/// resolution that the step asks for, and of raw samples.
final class LongRangeComparison {
  private static final long HOUR = 3_600_000;
  private static final long TWO_DAYS = 48 * HOUR;
  private static final int BLOCKS = 15;
  private static final long INTERVAL = 15_000;
  private static final int RUNS = 20;
  private static final List<String> QUERIES =
      List.of(
          "sum(rate(" + MadeBlocks.METRIC + "[2h]))",
          "avg(" + MadeBlocks.METRIC + ")",
          "max_over_time(" + MadeBlocks.METRIC + "{instance=~\"instance-1.*\"}[2h])");

  private final Path directory;
  private final int series;
  private final PrintStream out;
  private final Closer closer = new Closer();
  private final long start = (System.currentTimeMillis() / TWO_DAYS - BLOCKS) * TWO_DAYS;

  LongRangeComparison(Path directory, int series, PrintStream out) {
    this.directory = directory;
    this.series = series;
    this.out = out;
  }

  /// @param thanos the program
  /// @param oriel the launcher
  void run(Path thanos, Path oriel) throws IOException, InterruptedException {
    try {
      Path bucket = directory.resolve("bucket");
      MadeBlocks blocks = new MadeBlocks(series, INTERVAL, start);
      for (int i = 0; i < BLOCKS; i++) {
        long from = start + i * TWO_DAYS;
        Path _ = blocks.write(bucket, from, from + TWO_DAYS, 0, Labels.of("cluster", "dev"));
      }
      Path config =
          Files.writeString(
              directory.resolve("bucket.yml"),
              "type: FILESYSTEM\nconfig: {directory: '%s'}\n".formatted(bucket));
      downsample(oriel, config);
      out.printf(
          Locale.ROOT,
          "30 days of %,d series, %,d samples, hourly steps%n",
          series,
          series * (BLOCKS * TWO_DAYS / INTERVAL));
      Peer ours = start("oriel", oriel, config);
      Peer theirs = start("thanos", thanos, config);
      for (String query : QUERIES) {
        out.println(query);
        for (String resolution : List.of("auto", "0s")) {
          compare(query, resolution, ours, theirs);
        }
      }
    } finally {
      closer.close();
    }
  }

  private void compare(String query, String resolution, Peer ours, Peer theirs)
      throws IOException, InterruptedException {
    String path =
        "/api/v1/query_range?query=%s&start=%d&end=%d&step=3600&max_source_resolution=%s"
            .formatted(
                Peer.encoded(query),
                (start + 4 * HOUR) / 1000,
                (start + BLOCKS * TWO_DAYS - HOUR) / 1000,
                resolution);
    double[] us = new double[2];
    double[] them = new double[2];
    byte[] answer = measure(ours, path, us);
    byte[] other = measure(theirs, path, them);
    String difference = new Answers(answer, other).difference();
    out.printf(
        Locale.ROOT,
        "  %-4s  first: oriel %,7.0f ms, thanos %,7.0f ms; then: %,7.0f ms, %,7.0f ms, ratio %.1f%s%n",
        resolution,
        us[0],
        them[0],
        us[1],
        them[1],
        them[1] / us[1],
        difference.isEmpty() ? "" : "; answers differ: " + difference);
  }

  /// @param into the time of the first answer, and the least of those after it, milliseconds
  private static byte[] measure(Peer peer, String path, double[] into)
      throws IOException, InterruptedException {
    byte[] answer = new byte[0];
    into[1] = Double.MAX_VALUE;
    for (int run = 0; run <= RUNS; run++) {
      long begun = System.nanoTime();
      answer = peer.bytes(path);
      double millis = (System.nanoTime() - begun) / 1e6;
      if (run == 0) {
        into[0] = millis;
      } else {
        into[1] = Math.min(into[1], millis);
      }
    }
    return answer;
  }

  private void downsample(Path oriel, Path config) throws IOException, InterruptedException {
    Path home = Files.createDirectories(directory.resolve("compact"));
    Process process =
        new ProcessBuilder(
                oriel.toString(),
                "compact",
                "--data-dir=" + home,
                "--objstore.config-file=" + config,
                "--http-address=127.0.0.1:0",
                "--consistency-delay=0s")
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("output.log").toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new IOException("compact: " + Files.readString(home.resolve("output.log")));
    }
  }

  /// A store over the bucket, and a query over it.
  private Peer start(String name, Path program, Path config)
      throws IOException, InterruptedException {
    int grpc = freePort();
    int http = freePort();
    List<String> store =
        new ArrayList<>(
            List.of(
                program.toString(),
                "store",
                "--http-address=127.0.0.1:" + http,
                "--grpc-address=127.0.0.1:" + grpc,
                "--objstore.config-file=" + config,
                "--data-dir=" + directory.resolve(name + "-store-data")));
    Peer _ = ready(name + "-store", store, http);
    int queryHttp = freePort();
    return ready(
        name + "-query",
        List.of(
            program.toString(),
            "query",
            "--http-address=127.0.0.1:" + queryHttp,
            "--grpc-address=127.0.0.1:" + freePort(),
            "--query.replica-label=replica",
            "--endpoint=127.0.0.1:" + grpc),
        queryHttp);
  }

  private Peer ready(String name, List<String> command, int port)
      throws IOException, InterruptedException {
    Path home = Files.createDirectories(directory.resolve(name));
    Peer peer = closer.push(Peer.startPlain(name, command, home, port));
    double _ = peer.awaitReady(System.nanoTime());
    return peer;
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }
}
