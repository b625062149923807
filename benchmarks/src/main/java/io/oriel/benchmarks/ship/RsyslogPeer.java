package io.oriel.benchmarks.ship;

import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A real rsyslog, from `-Doriel.peers=DIR` or the PATH, on the same file to the same sink:
/// `imfile`, `omelasticsearch` in bulk mode, not compressed. It has less to do: lines go on as they
/// are, without a container runtime's prefix taken off, without ids, and through its memory only.
final class RsyslogPeer {
  private static final double TICKS_PER_SECOND = 100;
  private static final long PATIENCE_SECONDS = 600;

  private RsyslogPeer() {}

  /// Ships {@code log} and prints what {@link ShipWork} prints of ours.
  ///
  /// @param sink where `/_bulk` and `/count` are
  static void run(Path dir, Path log, int lines, URI sink, HttpClient client) throws Exception {
    Path home = Files.createTempDirectory(dir, "rsyslog");
    Path config =
        Files.writeString(
            home.resolve("rsyslog.conf"),
            """
            global(workDirectory="%1$s" maxMessageSize="64k")
            main_queue(queue.type="LinkedList" queue.size="100000" queue.dequeueBatchSize="1600")
            module(load="imfile")
            module(load="omelasticsearch")
            template(name="doc" type="list" option.jsonf="on") {
              property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")
              property(outname="message" name="msg" format="jsonf")
              property(outname="host.name" name="hostname" format="jsonf")
              property(outname="log.file.path" name="$!metadata!filename" format="jsonf")
            }
            input(type="imfile" File="%2$s" Tag="app:" addMetadata="on")
            action(type="omelasticsearch" server="%3$s" serverport="%4$d" bulkmode="on" searchType=""
                   template="doc" searchIndex="logs-bench")
            """
                .formatted(home, log, sink.getHost(), sink.getPort()));
    Path pid = home.resolve("rsyslog.pid");
    long start = System.nanoTime();
    Process rsyslog =
        new ProcessBuilder(
                program().orElseThrow().toString(),
                "-n",
                "-f",
                config.toString(),
                "-i",
                pid.toString())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("rsyslog.out").toFile())
            .start();
    try {
      await(lines, sink, client);
      double seconds = (System.nanoTime() - start) / 1e9;
      String process = Files.readString(pid).strip();
      double cpu = cpuSeconds(process);
      System.out.printf(
          Locale.ROOT,
          "%-9s %,9.0f lines/CPU s  %6.1f MiB/CPU s  %,9.0f lines/s  %5.2f CPU s  resident %d MiB%n",
          "rsyslog",
          lines / cpu,
          Files.size(log) / 1048576.0 / cpu,
          lines / seconds,
          cpu,
          ShipWork.residentMiB(process));
    } finally {
      rsyslog.destroy();
    }
  }

  /// Where it is, if it is.
  static Optional<Path> program() {
    return Stream.concat(
            Stream.ofNullable(System.getProperty("oriel.peers")),
            Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)))
        .map(place -> Path.of(place, "rsyslogd"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static void await(int lines, URI sink, HttpClient client)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      long count = Long.parseLong(client.send(HttpRequest.get(sink.resolve("/count"))).text());
      if (count >= lines) {
        return;
      }
      if (System.nanoTime() > until) {
        throw new IllegalStateException("rsyslog has sent " + count + " of " + lines);
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
