package io.oriel.promql.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A Prometheus server on loopback over one block; it ends when this is closed.
final class PrometheusPeer implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final Process process;
  private final String address;
  private final HttpClient client = HttpClient.newHttpClient();

  private PrometheusPeer(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  /// Makes a block of the OpenMetrics text {@code samples} in {@code directory} and serves it.
  static PrometheusPeer start(Path prometheus, Path promtool, Path directory, String samples)
      throws IOException, InterruptedException {
    Path input = Files.writeString(directory.resolve("samples.om"), samples);
    Path data = directory.resolve("data");
    Process made =
        new ProcessBuilder(
                promtool.toString(),
                "tsdb",
                "create-blocks-from",
                "openmetrics",
                "--max-block-duration=24h",
                input.toString(),
                data.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("promtool.log").toFile())
            .start();
    if (!made.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || made.exitValue() != 0) {
      throw new IOException(Files.readString(directory.resolve("promtool.log")));
    }
    Path config = Files.writeString(directory.resolve("empty.yml"), "global: {}\n");
    String address = "127.0.0.1:" + freePort();
    Process server =
        new ProcessBuilder(
                prometheus.toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + data,
                "--storage.tsdb.retention.time=100y",
                "--enable-feature=promql-at-modifier,promql-negative-offset",
                "--web.listen-address=" + address)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("prometheus.log").toFile())
            .start();
    PrometheusPeer peer = new PrometheusPeer(server, address);
    peer.awaitReady();
    return peer;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitReady() throws IOException, InterruptedException {
    for (int i = 0; i < 10 * PATIENCE_SECONDS; i++) {
      try {
        if (get("/-/ready").statusCode() == 200) {
          return;
        }
      } catch (IOException _) {
        // not listening yet
      }
      if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
        throw new IOException("prometheus ended with " + process.exitValue());
      }
    }
    close();
    throw new IOException("prometheus is not ready");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + path)).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /// The answer of `query_range`, as JSON.
  String range(String query, long startMillis, long endMillis, long stepMillis)
      throws IOException, InterruptedException {
    return get("/api/v1/query_range?query="
            + URLEncoder.encode(query, StandardCharsets.UTF_8)
            + "&start="
            + startMillis / 1000.0
            + "&end="
            + endMillis / 1000.0
            + "&step="
            + stepMillis / 1000.0)
        .body();
  }

  @Override
  public void close() throws InterruptedException {
    client.close();
    process.destroy();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
