package io.oriel.app.role.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.process.QueryWorkers;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Appender;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A whole role, asked over HTTP.
class MetricsRoleTest {
  private static final String CONFIG =
      """
      global: {scrape_interval: 1h}
      alerting:
        alertmanagers:
          - static_configs: [{targets: ['127.0.0.1:1']}]
      scrape_configs:
        - job_name: none
          static_configs: [{targets: ['127.0.0.1:1']}]
          relabel_configs:
            - {source_labels: [__address__], target_label: where}
            - {source_labels: [env], regex: dev, action: drop}
            - {action: labeldrop, regex: never.*}
      """;

  @TempDir private Path directory;
  private QueryWorkers workers;
  private MetricsRole role;
  private HttpClient client;

  @BeforeEach
  void start() throws Exception {
    Path config = directory.resolve("prometheus.yml");
    Files.writeString(config, CONFIG);
    workers = QueryWorkers.start();
    role =
        MetricsRole.start(
            PlainMetrics.of(
                config,
                directory.resolve("data"),
                SharingOptions.nothing(),
                Map.of("config.file", config.toString())),
            new MetricsRole.Shared(workers.workers(), "test"));
    client = HttpClient.create(HttpClientConfig.standard(), "test");
  }

  @AfterEach
  void stop() {
    client.close();
    role.close();
    workers.close();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + role.port() + path);
  }

  private String get(String path) throws IOException, InterruptedException {
    HttpResult result = client.send(HttpRequest.get(uri(path)));
    assertEquals(200, result.status(), result::text);
    return result.text();
  }

  private HttpResult post(String path) throws IOException, InterruptedException {
    return client.send(HttpRequest.post(uri(path), "text/plain", new byte[0]));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private void append(String name, double value) throws IOException {
    try (Appender appender = role.storage().appender()) {
      long ref = appender.series(Labels.of("__name__", name, "job", "j"));
      appender.append(ref, System.currentTimeMillis(), value);
      appender.commit();
    }
  }

  @Test
  void deletesAndSnapshotsWhenAllowed() throws Exception {
    append("doomed", 1);
    append("kept", 2);
    assertEquals(400, post("/api/v1/admin/tsdb/delete_series").status());
    assertEquals(204, post("/api/v1/admin/tsdb/delete_series?match%5B%5D=doomed").status());
    assertEquals(204, post("/api/v1/admin/tsdb/clean_tombstones").status());
    assertTrue(get("/api/v1/query?query=doomed").contains("\"result\":[]"));
    assertTrue(get("/api/v1/query?query=kept").contains("\"2\""));
    HttpResult snapshot = post("/api/v1/admin/tsdb/snapshot");
    assertEquals(200, snapshot.status(), snapshot::text);
    String name = snapshot.text().replaceAll(".*\"name\":\"([^\"]+)\".*", "$1");
    try (Stream<Path> made = Files.list(directory.resolve("data/snapshots").resolve(name))) {
      assertEquals(1, made.count());
    }
  }

  @Test
  void tellsHowFarTheReplayIs() throws Exception {
    assertEquals(
        "{\"status\":\"success\",\"data\":{\"min\":0,\"max\":0,\"current\":0}}",
        get("/api/v1/status/walreplay"));
    role.close();
    start();
    role.close();
    start();
    assertEquals(
        "{\"status\":\"success\",\"data\":{\"min\":0,\"max\":1,\"current\":1}}",
        get("/api/v1/status/walreplay"));
  }

  @Test
  void showsTheConfigOfAJob() throws Exception {
    assertTrue(
        get("/api/v1/scrape_pools/config?scrapePool=none").contains("metrics_path: /metrics"));
    HttpResult refused =
        client.send(HttpRequest.get(uri("/api/v1/scrape_pools/config?scrapePool=no")));
    assertEquals(400, refused.status());
    assertTrue(refused.text().contains("scrape pool \\\"no\\\" not found"), refused::text);
  }

  @Test
  void tellsAboutItself() throws Exception {
    append("one", 1);
    append("two", 1);
    String tsdb = get("/api/v1/status/tsdb?limit=1");
    assertTrue(tsdb.contains("\"numSeries\":2,\"numLabelPairs\":3,\"chunkCount\":2"), tsdb);
    assertTrue(
        tsdb.contains("\"seriesCountByLabelValuePair\":[{\"name\":\"job=j\",\"value\":2}]"), tsdb);
    assertTrue(get("/api/v1/status/runtimeinfo").contains("\"reloadConfigSuccess\":true"));
    assertTrue(get("/api/v1/status/walreplay").contains("\"current\""));
    assertTrue(get("/api/v1/alertmanagers").contains("http://127.0.0.1:1/api/v2/alerts"));
    assertTrue(get("/api/v1/features").contains("\"limitk\":false"));
    assertEquals("{\"status\":\"success\",\"data\":[]}", get("/api/v1/notifications"));
  }

  @Test
  void aRefusedReloadChangesNothingAndIsShown() throws Exception {
    Path config = directory.resolve("prometheus.yml");
    Files.writeString(config, CONFIG + "nonsense: 1\n");
    OrielException refused = assertThrows(OrielException.class, role::reload);
    assertTrue(refused.reason().contains("nonsense"), refused::reason);
    assertTrue(get("/api/v1/notifications").contains("Configuration reload has failed."));
    assertTrue(get("/api/v1/status/runtimeinfo").contains("\"reloadConfigSuccess\":false"));
    assertTrue(get("/metrics").contains("prometheus_config_last_reload_successful 0"));
    Files.writeString(config, CONFIG);
    assertEquals(200, post("/-/reload").status());
    assertFalse(get("/api/v1/notifications").contains("reload"));
  }

  @Test
  void showsWhatRelabellingDoes() throws Exception {
    String labels = encoded("{\"__address__\":\"h:1\",\"env\":\"dev\"}");
    String steps = get("/api/v1/targets/relabel_steps?scrapePool=none&labels=" + labels);
    assertTrue(steps.contains("\"where\":\"h:1\"},\"keep\":true"), steps);
    assertTrue(steps.contains("\"output\":{},\"keep\":false}]"), steps);
    String wrong = "/api/v1/targets/relabel_steps?scrapePool=none&labels=" + encoded("{\"a\":1}");
    assertEquals(400, client.send(HttpRequest.get(uri(wrong))).status());
  }

  @Test
  void parsesQueriesIntoTrees() throws Exception {
    String tree =
        get(
            "/api/v1/parse_query?query="
                + encoded("sum by (a) (rate(m{x!=\"y\"}[5m] offset -1m)) / on(a) group_left(b) n"));
    assertTrue(tree.contains("\"type\":\"binaryExpr\",\"op\":\"/\""), tree);
    assertTrue(tree.contains("\"card\":\"many-to-one\",\"labels\":[\"a\"],\"on\":true"), tree);
    assertTrue(tree.contains("\"range\":300000,\"rangeExpr\":null"), tree);
    assertTrue(tree.contains("\"offset\":-60000"), tree);
    HttpResult bad =
        client.send(HttpRequest.get(uri("/api/v1/parse_query?query=" + encoded("1+"))));
    assertEquals(400, bad.status());
    assertTrue(bad.text().contains("1:3"), bad.text());
  }

  @Test
  void takesOtlpAndFederatesIt() throws Exception {
    String body =
        """
        {"resourceMetrics":[{"resource":{"attributes":[
          {"key":"service.name","value":{"stringValue":"shop"}}]},
          "scopeMetrics":[{"metrics":[{"name":"orders","sum":{"aggregationTemporality":2,
            "isMonotonic":true,"dataPoints":[{"timeUnixNano":"%d","asInt":"5"}]}}]}]}]}
        """
            .formatted(System.currentTimeMillis() * 1_000_000);
    HttpResult taken =
        client.send(
            HttpRequest.post(
                uri("/api/v1/otlp/v1/metrics"),
                "application/json",
                body.getBytes(StandardCharsets.UTF_8)));
    assertEquals(200, taken.status(), taken::text);
    String federated = get("/federate?match%5B%5D=orders_total");
    assertTrue(
        federated.contains("orders_total{") && federated.contains("job=\"shop\""), federated);
    assertEquals(415, post("/api/v1/write").status());
  }

  @Test
  void manifestsOfPrometheusAreUnderstood() {
    MetricsCommand command = new MetricsCommand();
    new picocli.CommandLine(command)
        .parseArgs(
            "--config.file=/etc/prometheus/prometheus.yml",
            "--storage.tsdb.path=/prometheus",
            "--storage.tsdb.retention.time=24h",
            "--storage.tsdb.wal-compression",
            "--web.console.templates=/etc/prometheus/consoles",
            "--web.console.libraries=/etc/prometheus/console_libraries",
            "--web.enable-lifecycle",
            "--web.external-url=http://prometheus.example.com/",
            "--web.route-prefix=/",
            "--web.config.file=/etc/prometheus/web_config/web-config.yaml",
            "--storage.tsdb.min-block-duration=2h",
            "--storage.tsdb.max-block-duration=2h",
            "--enable-feature=exemplar-storage,native-histograms");
  }
}
