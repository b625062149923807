package io.oriel.benchmarks.peer;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// One server under measurement, a process of its own on loopback. Linux only: its CPU time and
/// memory are read from `/proc`.
final class Peer implements AutoCloseable {
  private static final double TICKS_PER_SECOND = 100;
  private static final long READY_SECONDS = 180;

  private final String name;
  private final List<String> command;
  private final Path directory;
  private final int port;

  /** Both servers are asked over the same protocol; Prometheus has no HTTP/2 without TLS. */
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Process process;

  private Peer(String name, List<String> command, Path directory, int port) throws IOException {
    this.name = name;
    this.command = command;
    this.directory = directory;
    this.port = port;
    this.process = launch();
  }

  /// Starts a server on {@code directory}, which holds `prometheus.yml` and gets `data`.
  ///
  /// @param program what to run, its first arguments included
  static Peer start(String name, List<String> program, Path directory, int port)
      throws IOException {
    List<String> command = new ArrayList<>(program);
    command.add("--config.file=" + directory.resolve("prometheus.yml"));
    command.add("--storage.tsdb.path=" + directory.resolve("data"));
    command.add("--storage.tsdb.retention.time=100y");
    command.add("--web.listen-address=127.0.0.1:" + port);
    command.add("--web.enable-admin-api");
    return new Peer(name, command, directory, port);
  }

  /// Starts a server that needs nothing but {@code command}.
  static Peer startPlain(String name, List<String> command, Path directory, int port)
      throws IOException {
    return new Peer(name, List.copyOf(command), directory, port);
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("output.log").toFile()))
        .start();
  }

  String name() {
    return name;
  }

  Path data() {
    return directory.resolve("data");
  }

  /// Waits until it says that it is ready; the seconds since the process was started.
  double awaitReady(long startedNanos) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/-/ready")).build();
    while (System.nanoTime() - startedNanos < READY_SECONDS * 1_000_000_000) {
      if (!process.isAlive()) {
        throw new IOException(
            name + " ended: " + Files.readString(directory.resolve("output.log")));
      }
      try {
        if (http.send(request, BodyHandlers.discarding()).statusCode() == 200) {
          return (System.nanoTime() - startedNanos) / 1e9;
        }
      } catch (IOException _) {
        // it does not listen yet
      }
      Thread.sleep(10);
    }
    throw new IOException(name + " is not ready after " + READY_SECONDS + " s");
  }

  /// The answer to {@code path}, which may have a query.
  String get(String path) throws IOException, InterruptedException {
    return send("GET", path);
  }

  String post(String path) throws IOException, InterruptedException {
    return send("POST", path);
  }

  /// The answer's bytes, for who measures: making text of them takes longer than some answers.
  byte[] bytes(String path) throws IOException, InterruptedException {
    return sendForBytes("GET", path);
  }

  private String send(String method, String path) throws IOException, InterruptedException {
    return new String(sendForBytes(method, path), StandardCharsets.UTF_8);
  }

  private byte[] sendForBytes(String method, String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()).build();
    var answer = http.send(request, BodyHandlers.ofByteArray());
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(
          name
              + " answered "
              + answer.statusCode()
              + ": "
              + new String(answer.body(), StandardCharsets.UTF_8));
    }
    return answer.body();
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /// Sum of the samples called {@code metric} on its own metrics page.
  double ownMetric(String metric) throws IOException, InterruptedException {
    return get("/metrics")
        .lines()
        .filter(line -> line.startsWith(metric + " ") || line.startsWith(metric + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  /// CPU seconds used so far, of all its threads.
  double cpuSeconds() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  /// Resident memory in MiB.
  double residentMebibytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
      }
    }
    throw new IOException("no VmRSS of process " + process.pid());
  }

  /// Kills it the hard way and starts it again.
  ///
  /// @return seconds until it was ready
  double killAndRestart() throws IOException, InterruptedException {
    process.destroyForcibly().waitFor();
    long start = System.nanoTime();
    process = launch();
    return awaitReady(start);
  }

  static long bytesBelow(Path directory) throws IOException {
    AtomicLong bytes = new AtomicLong();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes.addAndGet(attributes.size());
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes.get();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
