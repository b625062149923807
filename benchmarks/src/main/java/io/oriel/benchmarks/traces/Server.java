package io.oriel.benchmarks.traces;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A server under measurement. Used by one thread.
final class Server implements AutoCloseable {
  private static final long READY_SECONDS = 180;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String name;
  private final Process process;
  private final String url;

  private Server(String name, Process process, String url) {
    this.name = name;
    this.process = process;
    this.url = url;
  }

  /// Starts one; its words go to a file in {@code directory}.
  ///
  /// @param url where it is asked
  static Server start(String name, Path directory, String url, List<String> command)
      throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".log").toFile())
            .start();
    return new Server(name, process, url);
  }

  /// Waits until a path of it is answered with 200.
  void awaitReady(String path) throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (System.nanoTime() < until && process.isAlive()) {
      try {
        if (get(path).statusCode() == 200) {
          return;
        }
      } catch (IOException _) {
        // it does not listen yet
      }
      Thread.sleep(50);
    }
    throw new IOException(name + " is not ready");
  }

  HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofMinutes(5)).build(),
        BodyHandlers.ofByteArray());
  }

  HttpResponse<byte[]> post(String to, String type, byte[] body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(to))
            .header("content-type", type)
            .timeout(Duration.ofMinutes(5))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        BodyHandlers.ofByteArray());
  }

  /// CPU time since its start, in seconds.
  double cpuSeconds() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
  }

  /// The most memory it ever had resident, in MiB.
  long peakMebibytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
      }
    }
    return 0;
  }

  String name() {
    return name;
  }

  @Override
  public void close() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
