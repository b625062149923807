package io.oriel.benchmarks.peer;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Scrapes the same targets with both servers for a while, then kills and restarts both: CPU per
/// sample, memory per series, bytes per sample, time to come back.
final class IngestComparison {
  private static final int TARGETS = 20;

  private final Path directory;
  private final PrintStream out;
  private final int seriesPerTarget;
  private final int warmupSeconds;
  private final int measuredSeconds;
  private final int intervalSeconds;

  /// What one server took.
  private record Cost(
      double cpuPerMillion,
      double mebibytes,
      double bytesPerSample,
      double restartSeconds,
      double mebibytesAfterRestart,
      double samples) {}

  IngestComparison(
      Path directory,
      int seriesPerTarget,
      int warmupSeconds,
      int measuredSeconds,
      int intervalSeconds,
      PrintStream out) {
    this.directory = directory;
    this.out = out;
    this.seriesPerTarget = seriesPerTarget;
    this.warmupSeconds = warmupSeconds;
    this.measuredSeconds = measuredSeconds;
    this.intervalSeconds = intervalSeconds;
  }

  void run(List<String> prometheus, List<String> oriel) throws IOException, InterruptedException {
    out.printf(
        "%d targets of %d series every %d s, %d s to warm up, %d s measured%n",
        TARGETS, seriesPerTarget, intervalSeconds, warmupSeconds, measuredSeconds);
    try (Exporters exporters = new Exporters(seriesPerTarget)) {
      Path a = prepared("prometheus", exporters.port());
      Path b = prepared("oriel", exporters.port());
      long start = System.nanoTime();
      try (Peer left = Peer.start("prometheus", prometheus, a, 19_411);
          Peer right = Peer.start("oriel", oriel, b, 19_412)) {
        left.awaitReady(start);
        right.awaitReady(start);
        Thread.sleep(1000L * warmupSeconds);
        double[] before = {left.cpuSeconds(), right.cpuSeconds(), samples(left), samples(right)};
        Thread.sleep(1000L * measuredSeconds);
        double[] after = {left.cpuSeconds(), right.cpuSeconds(), samples(left), samples(right)};
        double[] memory = {left.residentMebibytes(), right.residentMebibytes()};
        Cost first = cost(left, after[0] - before[0], after[2] - before[2], memory[0]);
        Cost second = cost(right, after[1] - before[1], after[3] - before[3], memory[1]);
        print(first, second);
      }
    }
  }

  private Path prepared(String name, int port) throws IOException {
    Path home = Files.createDirectories(directory.resolve(name));
    StringBuilder config =
        new StringBuilder("global: {scrape_interval: " + intervalSeconds + "s}\nscrape_configs:\n");
    for (int i = 0; i < TARGETS; i++) {
      config
          .append("  - job_name: job-" + i + "\n    metrics_path: /" + i + "/metrics\n")
          .append("    static_configs: [{targets: ['127.0.0.1:" + port + "']}]\n");
    }
    Files.writeString(home.resolve("prometheus.yml"), config);
    return home;
  }

  private static double samples(Peer peer) throws IOException, InterruptedException {
    return peer.ownMetric("prometheus_tsdb_head_samples_appended_total");
  }

  private static Cost cost(Peer peer, double cpu, double samples, double mebibytes)
      throws IOException, InterruptedException {
    String snapshot = peer.post("/api/v1/admin/tsdb/snapshot");
    String name = snapshot.replaceAll("(?s).*\"name\":\"([^\"]+)\".*", "$1");
    double all = samples(peer);
    double bytes = Peer.bytesBelow(peer.data().resolve("snapshots").resolve(name)) / all;
    double restart = peer.killAndRestart();
    double after = peer.residentMebibytes();
    return new Cost(cpu / samples * 1e6, mebibytes, bytes, restart, after, samples);
  }

  private void print(Cost a, Cost b) {
    out.printf("%-36s %12s %12s %8s%n", "", "prometheus", "oriel", "ratio");
    row("samples taken in", a.samples, b.samples);
    row("CPU seconds per million samples", a.cpuPerMillion, b.cpuPerMillion);
    row("resident MiB", a.mebibytes, b.mebibytes);
    row("block bytes per sample", a.bytesPerSample, b.bytesPerSample);
    row("seconds to ready after kill -9", a.restartSeconds, b.restartSeconds);
    row("resident MiB then", a.mebibytesAfterRestart, b.mebibytesAfterRestart);
  }

  private void row(String what, double a, double b) {
    out.printf(Locale.ROOT, "%-36s %12.3f %12.3f %8.2f%n", what, a, b, b / a);
  }
}
