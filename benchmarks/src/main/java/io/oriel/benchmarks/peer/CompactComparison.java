package io.oriel.benchmarks.peer;

import io.oriel.model.labels.Labels;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// One bucket compacted by Thanos and a copy of it by us: two days of two-hour blocks become one
/// block, and one of five minutes' resolution. CPU counts from the start of the process to its end.
final class CompactComparison {
  private static final long TWO_HOURS = 7_200_000;
  private static final long TWO_DAYS = 24 * TWO_HOURS;
  private static final int BLOCKS = 25;
  private static final long INTERVAL = 15_000;
  private static final double TICKS_PER_SECOND = 100;

  private final Path directory;
  private final int series;
  private final int replicas;
  private final PrintStream out;
  private final long start;
  private final MadeBlocks blocks;

  /// What a process used.
  private record Used(double cpuSeconds, double seconds, double mebibytes) {}

  /// @param replicas one: blocks follow one another; two: they overlap and are merged by penalty
  CompactComparison(Path directory, int series, int replicas, PrintStream out) {
    this.directory = directory;
    this.series = series;
    this.replicas = replicas;
    this.out = out;
    this.start = (System.currentTimeMillis() / TWO_DAYS - 2) * TWO_DAYS;
    this.blocks = new MadeBlocks(series, INTERVAL, start);
  }

  /// @param thanos the program
  /// @param oriel the launcher
  void run(Path thanos, Path oriel) throws IOException, InterruptedException {
    Path theirs = directory.resolve("theirs");
    Path ours = directory.resolve("ours");
    for (int replica = 0; replica < replicas; replica++) {
      for (int block = 0; block < BLOCKS; block++) {
        write(theirs, ours, start + block * TWO_HOURS, replica);
      }
    }
    double samples = (double) series * replicas * BLOCKS * (TWO_HOURS / INTERVAL);
    out.printf(Locale.ROOT, "%,d series, %d replicas, %,.0f samples%n", series, replicas, samples);
    Used them = compact("thanos", List.of(thanos.toString(), "compact"), theirs);
    Used us = compact("oriel", List.of(oriel.toString(), "compact"), ours);
    tell("thanos", them, samples);
    tell("oriel", us, samples);
    out.printf(
        Locale.ROOT,
        "samples per CPU second %.1f times Thanos', memory %.2f times%n",
        them.cpuSeconds() / us.cpuSeconds(),
        us.mebibytes() / them.mebibytes());
    out.printf("blocks left: thanos %d, oriel %d%n", live(theirs), live(ours));
  }

  private void tell(String name, Used used, double samples) {
    out.printf(
        Locale.ROOT,
        "%-8s %7.1f CPU s  %7.1f s  %7.0f MiB at most  %,12.0f samples per CPU s%n",
        name,
        used.cpuSeconds(),
        used.seconds(),
        used.mebibytes(),
        samples / used.cpuSeconds());
  }

  private Used compact(String name, List<String> program, Path bucket)
      throws IOException, InterruptedException {
    Path config =
        Files.writeString(
            directory.resolve(name + ".yml"),
            "type: FILESYSTEM\nconfig: {directory: '%s'}\n".formatted(bucket));
    List<String> command = new ArrayList<>(program);
    command.add("--data-dir=" + Files.createDirectories(directory.resolve(name)));
    command.add("--objstore.config-file=" + config);
    command.add("--http-address=127.0.0.1:0");
    command.add("--consistency-delay=0s");
    if (replicas > 1) {
      command.add("--compact.enable-vertical-compaction");
      command.add("--deduplication.replica-label=replica");
      command.add("--deduplication.func=penalty");
    }
    Path log = directory.resolve(name + ".log");
    long begun = System.nanoTime();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    double cpu = 0;
    double peak = 0;
    while (!process.waitFor(20, TimeUnit.MILLISECONDS)) {
      cpu = Math.max(cpu, cpuSeconds(process.pid()));
      peak = Math.max(peak, peakMebibytes(process.pid()));
    }
    if (process.exitValue() != 0) {
      throw new IOException(name + " failed: " + Files.readString(log));
    }
    return new Used(cpu, (System.nanoTime() - begun) / 1e9, peak);
  }

  private static double cpuSeconds(long process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    } catch (IOException _) {
      return 0;
    }
  }

  private static double peakMebibytes(long process) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + process + "/status"))) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
        }
      }
      return 0;
    } catch (IOException _) {
      return 0;
    }
  }

  private static int live(Path bucket) throws IOException {
    try (var blocks = Files.list(bucket)) {
      return (int)
          blocks
              .filter(block -> Files.exists(block.resolve("meta.json")))
              .filter(block -> !Files.exists(block.resolve("deletion-mark.json")))
              .count();
    }
  }

  /// A block of two hours into both buckets; the second gets links.
  private void write(Path bucket, Path other, long from, int replica) throws IOException {
    Labels external = Labels.of("cluster", "dev", "replica", Integer.toString(replica));
    Path made = blocks.write(bucket, from, from + TWO_HOURS, replica * 7_000L, external);
    Path copy = other.resolve(made.getFileName());
    Files.createDirectories(copy.resolve("chunks"));
    try (var chunks = Files.list(made.resolve("chunks"))) {
      for (Path chunk : chunks.toList()) {
        Files.createLink(copy.resolve("chunks").resolve(chunk.getFileName()), chunk);
      }
    }
    Files.createLink(copy.resolve("index"), made.resolve("index"));
    Files.copy(made.resolve("meta.json"), copy.resolve("meta.json"));
  }
}
