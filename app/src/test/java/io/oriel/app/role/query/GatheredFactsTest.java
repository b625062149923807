package io.oriel.app.role.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.process.QueryWorkers;
import io.oriel.app.role.metrics.MetricsOptions;
import io.oriel.app.role.metrics.MetricsRole;
import io.oriel.app.role.metrics.SharingOptions;
import io.oriel.app.role.sidecar.SidecarRole;
import io.oriel.federation.api.ApiSettings;
import io.oriel.federation.query.EndpointSpec;
import io.oriel.metrics.scrape.IntakeOptions;
import io.oriel.promql.EngineOptions;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.testkit.Peer;
import io.oriel.tsdb.TsdbOptions;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rules, targets, metadata and exemplars of replicas that scrape one target, through a query.
class GatheredFactsTest {
  private static final long PATIENCE_MILLIS = 60_000;
  private static final String RULES =
      """
      groups:
      - name: g
        interval: 1s
        rules:
        - record: up:sum
          expr: sum(up)
        - alert: Always
          expr: vector(1)
          labels: {severity: page, note: '{{ $value }}'}
      """;

  @TempDir private Path directory;
  private final Closer closer = new Closer();
  private QueryWorkers workers;
  private HttpClient client;
  private int target;

  @BeforeEach
  void start() throws IOException {
    workers = closer.push(QueryWorkers.start());
    client = closer.push(HttpClient.create(HttpClientConfig.standard(), "test"));
    Files.writeString(directory.resolve("rules.yml"), RULES);
    String page =
        """
        # TYPE req counter
        # HELP req Requests.
        req_total 5 # {trace_id="abc"} 1 %d.000
        # EOF
        """
            .formatted(System.currentTimeMillis() / 1000);
    byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
    target =
        closer
            .push(
                HttpServer.start(
                    HttpServerConfig.on("127.0.0.1:0"),
                    new Routes()
                        .get(
                            "/metrics",
                            _ ->
                                HttpAnswer.of(
                                    200,
                                    "application/openmetrics-text; version=1.0.0; charset=utf-8",
                                    bytes)),
                    new HttpServerMetrics("test", new PrometheusRegistry())))
            .port();
  }

  @AfterEach
  void stop() {
    closer.close();
  }

  private Path config(String name) throws IOException {
    return Files.writeString(
        directory.resolve(name + ".yml"),
        """
        global:
          scrape_interval: 1s
          external_labels: {cluster: dev-01, replica: %s}
        storage: {exemplars: {max_exemplars: 1000}}
        rule_files: ['%s']
        scrape_configs:
        - job_name: app
          static_configs:
          - targets: ['127.0.0.1:%d']
        """
            .formatted(name, directory.resolve("rules.yml"), target));
  }

  private MetricsRole replica(String name) throws IOException, InterruptedException {
    return closer.push(
        MetricsRole.start(
            new MetricsOptions(
                config(name),
                directory.resolve("data-" + name),
                HttpServerConfig.on("127.0.0.1:0"),
                "http://localhost",
                MetricsOptions.Api.open(),
                TsdbOptions.defaults(),
                EngineOptions.DEFAULT,
                MetricsOptions.Rules.standard(),
                IntakeOptions.standard(),
                MetricsOptions.FLUSH_DEADLINE,
                new SharingOptions(
                    Optional.of(GrpcServerConfig.plain("127.0.0.1:0")), Optional.empty()),
                Map.of()),
            new MetricsRole.Shared(workers.workers(), "test")));
  }

  /// A real Prometheus behind a sidecar.
  private int prometheus(String name) throws IOException, InterruptedException {
    String address = Peer.freeAddress();
    Peer peer =
        Peer.start(
            directory.resolve(name + ".log"),
            "prometheus",
            "--config.file=" + config(name),
            "--storage.tsdb.path=" + directory.resolve("data-" + name),
            "--web.listen-address=" + address,
            "--enable-feature=exemplar-storage");
    closer.push(
        () -> {
          peer.close();
        });
    peer.awaitLog("Server is ready");
    SidecarRole sidecar =
        closer.push(
            SidecarRole.start(
                new SidecarRole.Options(
                    HttpServerConfig.on("127.0.0.1:0"),
                    GrpcServerConfig.plain("127.0.0.1:0"),
                    URI.create("http://" + address),
                    0),
                "test"));
    return sidecar.grpcPort();
  }

  private QueryRole query(Integer... ports) throws IOException, InterruptedException {
    List<String> addresses = List.of(ports).stream().map(port -> "127.0.0.1:" + port).toList();
    return closer.push(
        QueryRole.start(
            new QueryRole.Options(
                HttpServerConfig.on("127.0.0.1:0"),
                GrpcServerConfig.plain("127.0.0.1:0"),
                () -> EndpointSpec.of(addresses),
                (address, metrics) -> GrpcClient.create(GrpcClientConfig.plain(address), metrics),
                Duration.ofSeconds(20),
                EngineOptions.DEFAULT,
                ApiSettings.standard(List.of("replica"))),
            workers.workers(),
            "test"));
  }

  private String get(QueryRole role, String path, String... params)
      throws IOException, InterruptedException {
    StringBuilder uri =
        new StringBuilder("http://127.0.0.1:" + role.httpPort() + "/api/v1/" + path);
    for (int i = 0; i < params.length; i += 2) {
      uri.append(i == 0 ? '?' : '&')
          .append(URLEncoder.encode(params[i], StandardCharsets.UTF_8))
          .append('=')
          .append(URLEncoder.encode(params[i + 1], StandardCharsets.UTF_8));
    }
    return client.send(HttpRequest.get(URI.create(uri.toString()))).text();
  }

  /// Until every one of {@code locals} has scraped and evaluated.
  private void awaitData(QueryRole... locals) throws IOException, InterruptedException {
    long until = System.currentTimeMillis() + PATIENCE_MILLIS;
    for (QueryRole role : locals) {
      while (!(get(role, "rules").contains("\"state\":\"firing\"")
          && !get(role, "targets").contains("\"health\":\"unknown\"")
          && get(role, "query_exemplars", "query", "req_total").contains("trace_id"))) {
        assertTrue(System.currentTimeMillis() < until, () -> "no data: " + role.httpPort());
        Thread.sleep(100);
      }
    }
  }

  private static int count(String text, String part) {
    return (text.length() - text.replace(part, "").length()) / part.length();
  }

  private void assertOneOfEach(QueryRole role) throws IOException, InterruptedException {
    String rules = get(role, "rules");
    assertEquals(1, count(rules, "\"name\":\"Always\""), rules);
    assertEquals(1, count(rules, "\"name\":\"up:sum\""), rules);
    assertTrue(rules.contains("\"labels\":{\"cluster\":\"dev-01\"}"), rules);
    assertFalse(rules.contains("replica") || rules.contains("warnings"), rules);

    assertEquals(
        "{\"status\":\"success\",\"data\":{\"req\":[{\"type\":\"counter\",\"help\":\"Requests.\","
            + "\"unit\":\"\"}]}}",
        get(role, "metadata", "metric", "req"));
    String exemplars =
        get(role, "query_exemplars", "query", "rate(req_total{cluster=\"dev-01\"}[5m])");
    assertEquals(1, count(exemplars, "\"trace_id\":\"abc\""), exemplars);
    assertTrue(exemplars.contains("\"cluster\":\"dev-01\""), exemplars);
    assertFalse(exemplars.contains("replica"), exemplars);
  }

  private void assertOneTarget(QueryRole role) throws IOException, InterruptedException {
    String targets = get(role, "targets", "state", "active");
    assertEquals(1, count(targets, "\"health\":\"up\""), targets);
    assertEquals(2, count(targets, "\"cluster\":\"dev-01\""), targets);
  }

  private void assertFilters(QueryRole role) throws IOException, InterruptedException {
    String page = get(role, "rules", "match[]", "{severity=\"page\",cluster=\"dev-01\"}");
    assertTrue(page.contains("Always") && !page.contains("up:sum"), page);
    String named = get(role, "rules", "rule_name[]", "up:sum");
    assertTrue(named.contains("up:sum") && !named.contains("Always"), named);
    String recorded = get(role, "rules", "type", "record");
    assertTrue(recorded.contains("up:sum") && !recorded.contains("Always"), recorded);
    for (String nothing : List.of("{cluster=\"other\"}", "{note=~\".+\"}")) {
      String none = get(role, "rules", "match[]", nothing);
      assertTrue(none.contains("\"groups\":[]"), none);
    }
    String file = get(role, "rules", "file[]", "other.yml");
    assertTrue(file.contains("\"groups\":[]"), file);
    assertTrue(get(role, "rules", "match[]", "{").contains("bad_data"));
    String limited = get(role, "metadata", "limit", "0");
    assertTrue(limited.contains("\"data\":{}"), limited);
    String elsewhere = get(role, "query_exemplars", "query", "req_total{cluster=\"other\"}");
    assertTrue(elsewhere.contains("\"data\":[]"), elsewhere);
  }

  @Test
  void replicasAreOneThroughALocalAndAGlobalQuery() throws Exception {
    MetricsRole a = replica("a");
    MetricsRole b = replica("b");
    int portA = a.grpcPort().orElseThrow();
    int portB = b.grpcPort().orElseThrow();
    QueryRole local = query(portA, portB);
    QueryRole global = query(local.grpcPort());
    awaitData(query(portA), query(portB));

    assertOneOfEach(local);
    assertOneTarget(local);
    assertOneOfEach(global);
    assertOneTarget(global);
    assertFilters(local);
    assertFilters(global);

    b.close();

    for (String path : List.of("rules", "targets", "metadata")) {
      String partial = get(local, path);
      assertTrue(
          partial.contains("\"warnings\"") && partial.contains("replica=\\\"b\\\""), partial);
      assertTrue(partial.contains("\"status\":\"success\""), partial);
      String strict = get(local, path, "partial_response", "0");
      assertTrue(strict.contains("\"errorType\":\"unavailable\""), strict);
    }
  }

  /// The target itself is not one: the discovered labels of other versions are other ones.
  @Test
  void aRealPrometheusThroughItsSidecarIsAReplicaLikeOurs() throws Exception {
    int real = prometheus("a");
    int ours = replica("b").grpcPort().orElseThrow();
    QueryRole both = query(real, ours);
    QueryRole alone = query(real);
    awaitData(alone, query(ours));

    assertOneOfEach(alone);
    assertOneTarget(alone);
    assertFilters(alone);
    assertOneOfEach(both);
    assertFilters(both);
  }
}
