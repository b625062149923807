package io.oriel.benchmarks.ship;

import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Another shipper's program, on the same file to the same sink.
///
/// @param name what its figures are printed under
/// @param home where it may write
record ShipPeer(String name, Path home) {
  private static final double TICKS_PER_SECOND = 100;
  private static final long PATIENCE_SECONDS = 600;

  /// The program of a name in `-Doriel.peers=DIR` or on the PATH, if it is there.
  static Optional<Path> program(String name) {
    return Stream.concat(
            Stream.ofNullable(System.getProperty("oriel.peers")),
            Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)))
        .map(place -> Path.of(place, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// Lets it ship all of {@code log} and prints what {@link ShipWork} prints of ours.
  ///
  /// @param sink where `/count` is
  void ship(List<String> command, Path log, int lines, URI sink, HttpClient client)
      throws Exception {
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("output").toFile())
            .start();
    try {
      await(process, lines, sink, client);
      double seconds = (System.nanoTime() - start) / 1e9;
      String number = Long.toString(process.pid());
      double cpu = cpuSeconds(number);
      System.out.printf(
          Locale.ROOT,
          "%-16s %,9.0f lines/CPU s  %6.1f MiB/CPU s  %,9.0f lines/s  %5.2f CPU s  resident %d"
              + " MiB%n",
          name,
          lines / cpu,
          Files.size(log) / 1048576.0 / cpu,
          lines / seconds,
          cpu,
          ShipWork.residentMiB(number));
    } finally {
      process.destroy();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  private void await(Process process, int lines, URI sink, HttpClient client)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      long count = Long.parseLong(client.send(HttpRequest.get(sink.resolve("/count"))).text());
      if (count >= lines) {
        return;
      }
      if (!process.isAlive() || System.nanoTime() > until) {
        throw new IllegalStateException(
            name + " has sent " + count + " of " + lines + ", see " + home.resolve("output"));
      }
      Thread.sleep(20);
    }
  }

  /// User and system time of a process, as proc(5) has it behind the name in brackets.
  private static double cpuSeconds(String process) throws IOException {
    String stat = Files.readString(Path.of("/proc", process, "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }
}
