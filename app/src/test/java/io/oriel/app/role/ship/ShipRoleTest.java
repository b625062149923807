package io.oriel.app.role.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.pki.PkiCommand;
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
import io.oriel.runtime.http.WebConfig;
import io.oriel.wire.compress.Compression;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
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
import picocli.CommandLine;

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

  /// Certificate and key, as `oriel pki issue` prints their files.
  private List<String> issue(String... words) {
    StringWriter out = new StringWriter();
    CommandLine line = new CommandLine(new PkiCommand()).setOut(new PrintWriter(out));
    String[] all = new String[words.length + 2];
    all[0] = "--dir";
    all[1] = dir.resolve("pki").toString();
    System.arraycopy(words, 0, all, 2, words.length);
    assertEquals(0, line.execute(all), out::toString);
    return out.toString().lines().map(String::strip).toList();
  }

  private static String only(List<String> files, String part) {
    return files.stream().filter(file -> file.endsWith(part)).findFirst().orElseThrow();
  }

  @Test
  void shipsOverMutualTlsCompressed() throws Exception {
    issue("init");
    List<String> server = issue("issue", "--cluster=ops-01", "--host=127.0.0.1", "gateway");
    List<String> client = issue("issue", "--cluster=dev-01", "--host=node-1", "shipper");
    Path root = dir.resolve("pki/metrics/ca.crt");
    Path web =
        Files.writeString(
            dir.resolve("web.yml"),
            """
            tls_server_config:
              cert_file: %s
              key_file: %s
              client_ca_file: %s
              client_auth_type: RequireAndVerifyClientCert
            """
                .formatted(only(server, ".crt"), only(server, ".key"), root));
    HttpServerConfig secure = secure(web);
    Path log = Files.writeString(dir.resolve("app.log"), "hello over tls\n");
    try (HttpServer engine =
        HttpServer.start(
            secure,
            new Routes().post("/_bulk", this::bulk),
            new HttpServerMetrics("engine", new PrometheusRegistry()))) {
      String yaml =
          """
          filebeat.inputs:
            - {type: filestream, id: a, paths: [%s]}
          output.elasticsearch:
            hosts: ["https://127.0.0.1:%d"]
            compression: zstd
            ssl.certificate_authorities: [%s]
            ssl.certificate: %s
            ssl.key: %s
          """
              .formatted(log, engine.port(), root, only(client, ".crt"), only(client, ".key"));
      FilebeatConfig.Loaded loaded =
          FilebeatConfig.parse(
              "filebeat.yml",
              yaml,
              dir,
              new FilebeatConfig.Given(
                  List.of(),
                  Map.of(),
                  Optional.of(dir.resolve("data")),
                  Map.of(),
                  System::nanoTime));
      try (ShipRole _ =
          ShipRole.start(
              new ShipRole.Options(loaded, HttpServerConfig.on("127.0.0.1:0"), "node-1"), "test")) {
        String body = String.valueOf(bodies.poll(20, TimeUnit.SECONDS));

        assertTrue(body.contains("\"message\":\"hello over tls\""), body);
      }
    }
  }

  private static HttpServerConfig secure(Path web) throws IOException {
    HttpServerConfig plain = HttpServerConfig.on("127.0.0.1:0");
    return new HttpServerConfig(
        plain.listenAddress(),
        "",
        plain.readTimeout(),
        plain.maxConnections(),
        plain.maxBodyBytes(),
        ".*",
        WebConfig.load(web));
  }
}
