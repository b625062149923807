package io.oriel.tsdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.labels.Labels;
import io.oriel.testkit.Peer;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Upstream's programs on our data.
final class Peers {
  private Peers() {}

  /// A Prometheus of our own on a data directory; stopped when closed.
  static final class Prometheus implements AutoCloseable {
    private final Process process;
    private final Path log;
    private final String url;
    private final HttpClient http = HttpClient.newHttpClient();

    private Prometheus(Process process, Path log, String url) {
      this.process = process;
      this.log = log;
      this.url = url;
    }

    /// @param config in which ADDRESS stands for its own host and port
    static Prometheus start(Path data, Path scratch, String config)
        throws IOException, InterruptedException {
      String address;
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        address = "127.0.0.1:" + free.getLocalPort();
      }
      Path file = Files.writeString(scratch.resolve("p.yml"), config.replace("ADDRESS", address));
      Path log = scratch.resolve("prometheus.log");
      Process process =
          new ProcessBuilder(
                  Peer.require("prometheus").toString(),
                  "--config.file=" + file,
                  "--storage.tsdb.path=" + data,
                  "--storage.tsdb.retention.time=100y",
                  "--web.listen-address=" + address)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      Prometheus peer = new Prometheus(process, log, "http://" + address);
      for (int i = 0; i < 300 && !peer.log().contains("Server is ready"); i++) {
        peer.pause(100);
      }
      assertTrue(peer.log().contains("Server is ready"), peer::logQuietly);
      return peer;
    }

    void pause(long millis) throws InterruptedException {
      assertTrue(
          !process.waitFor(millis, TimeUnit.MILLISECONDS), () -> "it ended: " + logQuietly());
    }

    String log() throws IOException {
      return Files.readString(log, StandardCharsets.UTF_8);
    }

    private String logQuietly() {
      try {
        return log();
      } catch (IOException e) {
        return e.toString();
      }
    }

    /// The samples of a range selector, in the notation of {@link TsdbTest#read}.
    ///
    /// @param atSeconds when to evaluate it; zero: now
    Map<String, List<String>> samples(String selector, long atSeconds)
        throws IOException, InterruptedException {
      String query = "query=" + URLEncoder.encode(selector, StandardCharsets.UTF_8);
      String time = atSeconds == 0 ? "" : "&time=" + atSeconds;
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + "/api/v1/query?" + query + time))
              .timeout(Duration.ofSeconds(20))
              .build();
      String body = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      JsonNode root = JsonMapper.builder().build().readTree(body);
      assertEquals("success", root.path("status").asString(), body);
      Map<String, List<String>> found = new TreeMap<>();
      for (JsonNode series : root.path("data").path("result")) {
        List<String> pairs = new ArrayList<>();
        TreeMap<String, String> sorted = new TreeMap<>();
        series.path("metric").forEachEntry((name, value) -> sorted.put(name, value.asString()));
        sorted.forEach((name, value) -> pairs.addAll(List.of(name, value)));
        List<String> samples = new ArrayList<>();
        for (JsonNode sample : series.path("values")) {
          String value = sample.get(1).asString().replace("Inf", "Infinity");
          samples.add(
              Math.round(sample.get(0).asDouble() * 1000) + "=" + Double.parseDouble(value));
        }
        found.put(Labels.of(pairs.toArray(new String[0])).toString(), samples);
      }
      return found;
    }

    @Override
    public void close() throws InterruptedException {
      http.close();
      process.destroy();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }
}
