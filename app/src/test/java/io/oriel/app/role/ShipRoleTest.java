package io.oriel.app.role;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.logs.ship.FilebeatConfig;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.compress.Compression;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShipRoleTest {
  private final LinkedBlockingQueue<String> bodies = new LinkedBlockingQueue<>();

  @TempDir Path dir;

  private HttpAnswer bulk(HttpCall call) {
    byte[] body =
        Compression.ofWord(call.header("content-encoding")).decompress(call.body(), 1 << 20);
    bodies.add(new String(body, StandardCharsets.UTF_8));
    return HttpAnswer.json(
        200,
        "{\"errors\":false,\"items\":[{\"create\":{\"status\":201}}]}"
            .getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void shipsByFilebeatsFileAndTellsAboutItself() throws Exception {
    Path log = Files.writeString(dir.resolve("app.log"), "hello\n");
    try (HttpServer engine =
        HttpServer.start(
            HttpServerConfig.on("127.0.0.1:0"),
            new Routes().post("/_bulk", this::bulk),
            new HttpServerMetrics("engine", new PrometheusRegistry()))) {
      Path config =
          Files.writeString(
              dir.resolve("filebeat.yml"),
              """
              filebeat.inputs:
                - {type: filestream, id: a, paths: [%s]}
              output.elasticsearch.hosts: ["127.0.0.1:%d"]
              oriel: {cluster: dev-01, environment: dev}
              """
                  .formatted(log, engine.port()));
      FilebeatConfig.Loaded loaded =
          FilebeatConfig.load(
              config,
              new FilebeatConfig.Given(
                  List.of(),
                  Map.of(),
                  Optional.of(dir.resolve("data")),
                  Map.of(),
                  System::nanoTime));
      try (ShipRole role =
          ShipRole.start(
              new ShipRole.Options(loaded, HttpServerConfig.on("127.0.0.1:0"), "node-1"), "test")) {
        String body = bodies.poll(20, TimeUnit.SECONDS);

        assertTrue(String.valueOf(body).contains("\"_index\":\"logs-dev-01-default\""), body);
        assertTrue(String.valueOf(body).contains("\"cluster\":\"dev-01\""), body);
        assertTrue(String.valueOf(body).contains("\"message\":\"hello\""), body);
        String base = "http://127.0.0.1:" + role.httpPort();
        try (HttpClient client = HttpClient.create(HttpClientConfig.standard(), "test")) {
          HttpResult ready = client.send(HttpRequest.get(URI.create(base + "/-/ready")));
          HttpResult metrics = client.send(HttpRequest.get(URI.create(base + "/metrics")));
          assertEquals(200, ready.status());
          assertTrue(metrics.text().contains("oriel_ship_lines_read_total 1"), metrics::text);
        }
      }
    }
  }
}
