package io.oriel.app.role.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// A real Prometheus, from `-Doriel.peers=DIR` or the PATH; tests that want it are skipped where it
/// is absent.
final class PrometheusPeer implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final int port;

  private PrometheusPeer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  private static Optional<Path> find(String program) {
    return Stream.concat(
            Stream.ofNullable(System.getProperty("oriel.peers")),
            Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)))
        .map(place -> Path.of(place, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static void require() {
    Assumptions.assumeTrue(
        find("prometheus").isPresent() && find("promtool").isPresent(),
        "no prometheus and promtool on PATH or in -Doriel.peers");
  }

  private static Process run(Path log, String program, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(find(program).orElseThrow().toString()));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  /// Has promtool write blocks of two hours into a data directory.
  static void backfill(Path openMetrics, Path data) throws IOException, InterruptedException {
    Path log = data.resolveSibling("promtool.log");
    Process promtool =
        run(
            log,
            "promtool",
            List.of(
                "tsdb",
                "create-blocks-from",
                "openmetrics",
                openMetrics.toString(),
                data.toString()));
    assertTrue(promtool.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertEquals(0, promtool.exitValue(), Files.readString(log));
  }

  static PrometheusPeer start(Path config, Path data, String... more)
      throws IOException, InterruptedException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--config.file=" + config,
                "--storage.tsdb.path=" + data,
                "--storage.tsdb.retention.time=100y",
                "--web.enable-lifecycle",
                "--web.listen-address=127.0.0.1:" + port));
    arguments.addAll(List.of(more));
    Process process = run(data.resolveSibling("prometheus.log"), "prometheus", arguments);
    PrometheusPeer peer = new PrometheusPeer(process, port);
    while (!peer.isReady()) {
      assertTrue(process.isAlive(), Files.readString(data.resolveSibling("prometheus.log")));
      Thread.sleep(50);
    }
    return peer;
  }

  private boolean isReady() throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.create(HttpClientConfig.standard(), "test")) {
      return client.send(HttpRequest.get(URI.create(url() + "/-/ready"))).isSuccess();
    } catch (IOException | RuntimeException _) {
      return false;
    }
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
