package io.oriel.app.role.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.alerting.rule.RuleOptions;
import io.oriel.app.process.BucketFill;
import io.oriel.app.process.QueryWorkers;
import io.oriel.app.role.metrics.MetricsOptions;
import io.oriel.app.role.metrics.MetricsRole;
import io.oriel.app.role.metrics.SharingOptions;
import io.oriel.app.role.query.QueryRole;
import io.oriel.disk.FileDisk;
import io.oriel.federation.api.ApiSettings;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.query.EndpointSpec;
import io.oriel.metrics.scrape.IntakeOptions;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Appender;
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
import io.oriel.testkit.Seed;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.TsdbOptions;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A ruler over two clusters.
@Timeout(180)
class RuleRoleTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Labels OWN = Labels.of("replica", "r0", "ruler", "global");

  @TempDir private Path directory;
  private final Closer closer = new Closer();
  private final List<String> endpoints = new CopyOnWriteArrayList<>();
  private final List<JsonNode> sent = new CopyOnWriteArrayList<>();
  private QueryWorkers workers;
  private HttpClient client;
  private MetricsRole first;
  private QueryRole query;
  private String alertmanager = "";

  @BeforeEach
  void clusters() throws Exception {
    workers = closer.push(QueryWorkers.start());
    client = closer.push(HttpClient.create(HttpClientConfig.standard(), "test"));
    first = cluster("dev-01", 3);
    MetricsRole second = cluster("prod-01", 4);
    endpoints.add("127.0.0.1:" + first.grpcPort().orElseThrow());
    endpoints.add("127.0.0.1:" + second.grpcPort().orElseThrow());
    query = closer.push(startQuery());
    Routes routes =
        new Routes()
            .post(
                "/api/v2/alerts",
                call -> {
                  JSON.readTree(call.body()).forEach(sent::add);
                  return HttpAnswer.empty(200);
                });
    HttpServer server =
        closer.push(
            HttpServer.start(
                HttpServerConfig.on("127.0.0.1:0"),
                routes,
                new HttpServerMetrics("fake", new PrometheusRegistry())));
    alertmanager = "http://127.0.0.1:" + server.port();
  }

  @AfterEach
  void stop() {
    closer.close();
  }

  private MetricsRole cluster(String name, int value) throws Exception {
    Path config =
        Files.writeString(
            directory.resolve(name + ".yml"), "global: {external_labels: {cluster: " + name + "}}");
    MetricsRole role =
        closer.push(
            MetricsRole.start(
                new MetricsOptions(
                    config,
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
    try (Appender appender = role.storage().appender()) {
      long now = System.currentTimeMillis();
      long ref = appender.series(Labels.of("__name__", "jobs", "job", "j"));
      for (long time = now - 60_000; time <= now + 120_000; time += 15_000) {
        appender.append(ref, time, value);
      }
      appender.commit();
    }
    return role;
  }

  private QueryRole startQuery() throws Exception {
    return QueryRole.start(
        new QueryRole.Options(
            HttpServerConfig.on("127.0.0.1:0"),
            GrpcServerConfig.plain("127.0.0.1:0"),
            () -> EndpointSpec.of(endpoints),
            (address, metrics) -> GrpcClient.create(GrpcClientConfig.plain(address), metrics),
            Duration.ofSeconds(20),
            EngineOptions.DEFAULT,
            ApiSettings.standard(List.of("replica"))),
        workers.workers(),
        "test");
  }

  private RuleRole ruler(Path data, Optional<BucketConfig> bucket) throws Exception {
    return RuleRole.start(
        new RuleRole.Options(
            HttpServerConfig.on("127.0.0.1:0"),
            GrpcServerConfig.plain("127.0.0.1:0"),
            data,
            TsdbOptions.defaults(),
            OWN,
            List.of(directory.resolve("*.rules").toString()),
            List.of("http://127.0.0.1:1", "http://127.0.0.1:" + query.httpPort()),
            new RuleRole.Alerting(List.of(alertmanager), Duration.ofSeconds(5), Set.of("replica")),
            new RuleOptions(200, 0, Labels.empty(), "http://q", 3_600_000, 0, 200),
            bucket,
            Duration.ZERO),
        workers.workers(),
        "test");
  }

  private void rules(String text) throws IOException {
    Files.writeString(directory.resolve("a.rules"), text);
  }

  private String get(int port, String path) throws Exception {
    return client.send(HttpRequest.get(URI.create("http://127.0.0.1:" + port + path))).text();
  }

  private JsonNode ask(int port, String expression) throws Exception {
    String encoded = URLEncoder.encode(expression, StandardCharsets.UTF_8);
    return JSON.readTree(get(port, "/api/v1/query?query=" + encoded)).path("data").path("result");
  }

  private double metric(RuleRole role, String name) throws Exception {
    return get(role.httpPort(), "/metrics")
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private JsonNode alerts(RuleRole role) throws Exception {
    return JSON.readTree(get(role.httpPort(), "/api/v1/alerts")).path("data").path("alerts");
  }

  @Test
  void recordsAndAlertsOverTwoClusters() throws Exception {
    rules(
        """
        groups:
        - name: g
          rules:
          - {record: "cluster:jobs:sum", expr: sum by (cluster) (jobs)}
          - {alert: Many, expr: sum(jobs) > 6, labels: {severity: page}, annotations: {a: "{{ $value }}"}}
        """);
    try (RuleRole role = ruler(directory.resolve("rule"), Optional.empty())) {
      endpoints.add("127.0.0.1:" + role.grpcPort());
      while (ask(query.httpPort(), "cluster:jobs:sum").size() < 2) {
        Thread.sleep(50);
      }
      List<String> seen = new ArrayList<>();
      ask(query.httpPort(), "cluster:jobs:sum{ruler=\"global\"}")
          .forEach(
              one ->
                  seen.add(
                      one.path("metric").path("cluster").asString("")
                          + one.path("value").path(1).asString("")));
      assertEquals(Set.of("dev-013", "prod-014"), Set.copyOf(seen));
      while (sent.isEmpty()) {
        Thread.sleep(20);
      }
      JsonNode labels = sent.getFirst().path("labels");
      assertEquals(
          "{\"alertname\":\"Many\",\"ruler\":\"global\",\"severity\":\"page\"}", labels.toString());
      assertEquals("7", sent.getFirst().path("annotations").path("a").asString(""));
      String shown = get(query.httpPort(), "/api/v1/rules");
      assertTrue(shown.contains("\"Many\"") && shown.contains("cluster:jobs:sum"), shown);
      assertTrue(shown.contains("\"ruler\":\"global\""), shown);
      assertEquals(2, metric(role, "thanos_rule_loaded_rules{"));
      while (metric(role, "thanos_alert_sender_alerts_sent_total{") < 1) {
        Thread.sleep(20); // counted once the Alertmanager has answered
      }
      assertEquals(0, metric(role, "thanos_alert_sender_alerts_dropped_total "));
      assertEquals(0, metric(role, "thanos_alert_queue_alerts_dropped_total "));
      assertEquals(10_000, metric(role, "thanos_alert_queue_capacity "));
      assertTrue(get(role.httpPort(), "/metrics").contains("thanos_rule_query_apis_dns_failures_"));
    }
  }

  @Test
  void aQueryThatIsDownResolvesNothing() throws Exception {
    rules("groups: [{name: g, rules: [{alert: Many, expr: sum(jobs) > 6}]}]");
    try (RuleRole role = ruler(directory.resolve("rule"), Optional.empty())) {
      while (sent.isEmpty()) {
        Thread.sleep(20);
      }
      query.close();
      double before = metric(role, "prometheus_rule_evaluation_failures_total");
      while (metric(role, "prometheus_rule_evaluation_failures_total") < before + 3) {
        Thread.sleep(50);
      }

      assertEquals("firing", alerts(role).path(0).path("state").asString(""));
      for (JsonNode alert : sent) {
        Instant ends = Instant.parse(alert.path("endsAt").asString(""));
        assertTrue(ends.isAfter(Instant.parse(alert.path("startsAt").asString(""))), "" + alert);
        assertTrue(ends.isAfter(Instant.now().minusSeconds(30)), "resolved: " + alert);
      }
      assertTrue(get(role.httpPort(), "/api/v1/rules").contains("\"health\":\"err\""));
    }
  }

  /// Restoring looks every 15 s when the ruler last ran, so what it gives back is that exact.
  @Test
  void aRestartKeepsTheAgeOfAlerts() throws Exception {
    rules("groups: [{name: g, rules: [{alert: Slow, expr: sum(jobs) > 6, for: 1h}]}]");
    Path data = directory.resolve("rule");
    Instant since;
    try (RuleRole role = ruler(data, Optional.empty())) {
      while (alerts(role).size() == 0) {
        Thread.sleep(20);
      }
      since = Instant.parse(alerts(role).path(0).path("activeAt").asString(""));
      while (Instant.now().isBefore(since.plusSeconds(25))) {
        Thread.sleep(50);
      }
    }
    Instant restarted = Instant.now();
    try (RuleRole role = ruler(data, Optional.empty())) {
      while (alerts(role).size() == 0
          || Instant.parse(alerts(role).path(0).path("activeAt").asString(""))
              .isAfter(restarted.minusSeconds(5))) {
        Thread.sleep(20);
      }
      Instant now = Instant.parse(alerts(role).path(0).path("activeAt").asString(""));
      assertTrue(!now.isBefore(since), now + " since " + since);
      assertEquals("pending", alerts(role).path(0).path("state").asString(""));
    }
  }

  @Test
  void aGroupMayDoWithoutAStoreThatFails() throws Exception {
    rules(
        """
        groups:
        - name: strict
          rules: [{record: strict, expr: sum(jobs)}]
        - name: lenient
          partial_response_strategy: warn
          rules: [{record: lenient, expr: sum(jobs)}]
        """);
    try (RuleRole role = ruler(directory.resolve("rule"), Optional.empty())) {
      while (metric(role, "prometheus_rule_group_iterations_total") < 4) {
        Thread.sleep(20);
      }
      assertEquals(0, metric(role, "prometheus_rule_evaluation_failures_total"));
      first.close();
      while (metric(role, "thanos_rule_evaluation_with_warnings_total{strategy=\"warn\"}") < 2
          || metric(role, "prometheus_rule_evaluation_failures_total") < 2) {
        Thread.sleep(50);
      }
      JsonNode groups =
          JSON.readTree(get(role.httpPort(), "/api/v1/rules")).path("data").path("groups");
      for (JsonNode group : groups) {
        assertEquals(
            group.path("name").asString("").equals("strict") ? "err" : "ok",
            group.path("rules").path(0).path("health").asString(""),
            group.toString());
      }
    }
  }

  @Test
  void uploadsItsBlocks() throws Exception {
    rules("groups: []");
    Path data = directory.resolve("rule");
    long start = fill(data);
    Path root = Files.createDirectories(directory.resolve("bucket"));
    try (RuleRole _ = ruler(data, Optional.of(BucketConfig.directory(root)))) {
      BucketFill bucket = new BucketFill(root);
      while (bucket.blocks().isEmpty()) {
        Thread.sleep(50);
      }
      StoredMeta meta = bucket.blocks().getFirst();
      assertEquals(OWN, meta.thanos().labels());
      assertEquals("ruler", meta.thanos().source());
      assertEquals(start, meta.block().minMillis());
    }
  }

  /// A block of two hours, and a sample behind it.
  private static long fill(Path data) throws IOException {
    long range = Duration.ofHours(2).toMillis();
    long now = System.currentTimeMillis();
    long start = (now / range - 3) * range;
    Tsdb.Parts parts =
        new Tsdb.Parts(new FileDisk(), () -> Instant.ofEpochMilli(now), Seed.random("ulid"));
    try (Tsdb tsdb = Tsdb.open(data, parts, TsdbOptions.defaults(), _ -> {})) {
      for (long time = start; time < start + range * 2; time += 60_000) {
        try (Appender appender = tsdb.appender()) {
          appender.append(appender.series(BucketFill.SERIES), time, time / 1000.0);
          appender.commit();
        }
      }
      tsdb.compactNow();
    }
    return start;
  }

  @Test
  void aBadRuleFileChangesNothing() throws Exception {
    rules("groups: [{name: g, rules: [{record: a, expr: sum(jobs)}]}]");
    try (RuleRole role = ruler(directory.resolve("rule"), Optional.empty())) {
      rules("groups: [{name: g, rules: [{record: a, expr: 'sum('}]}]");

      assertThrows(OrielException.class, role::reload);

      assertEquals(0, metric(role, "thanos_rule_config_last_reload_successful"));
      assertEquals(1, metric(role, "thanos_rule_loaded_rules{"));
      rules("groups: [{name: h, rules: [{record: b, expr: '1'}, {record: c, expr: '1'}]}]");
      URI reload = URI.create("http://127.0.0.1:" + role.httpPort() + "/-/reload");
      assertEquals(200, client.send(HttpRequest.post(reload, "text/plain", new byte[0])).status());
      assertEquals(2, metric(role, "thanos_rule_loaded_rules{"));
      assertEquals(1, metric(role, "thanos_rule_config_last_reload_successful"));
    }
  }

  @Test
  void understandsUpstreamsFlags() throws Exception {
    RuleCommand command = new RuleCommand();
    new CommandLine(command)
        .parseArgs(
            "--label=ruler=\"a\"",
            "--label=replica=\"b\"",
            "--query=dns+query:10902",
            "--alertmanagers.url=http://am:9093",
            "--alert.label-drop=replica",
            "--for-outage-tolerance=2h",
            "--for-grace-period=5m",
            "--resend-delay=30s",
            "--eval-interval=15s",
            "--rule-file=r/*.yml",
            "--restore-ignored-label=x");

    RuleRole.Options options = command.options();

    assertEquals(Labels.of("replica", "b", "ruler", "a"), options.labels());
    assertEquals(List.of("r/*.yml"), options.ruleFiles());
    assertEquals(Set.of("replica"), options.alerting().droppedLabels());
    assertEquals(7_200_000, options.times().outageToleranceMillis());
    assertEquals(15_000, options.times().intervalMillis());
  }

  private static RuleEndpoints endpoints(PrometheusRegistry registry, String... addresses) {
    return new RuleEndpoints(
        "--query", List.of(addresses), RuleEndpoints.Lookups.counted("test", registry));
  }

  @Test
  void namesAreLookedUpWhereAPrefixSaysSo() {
    PrometheusRegistry registry = new PrometheusRegistry();
    RuleEndpoints named =
        endpoints(
            registry, "dns+http://127.0.0.1:9093/am/", "host.invalid:1", "dns+nowhere.invalid:2");

    assertEquals(
        List.of(URI.create("http://127.0.0.1:9093/am"), URI.create("http://host.invalid:1")),
        named.now());
    assertEquals(2, value(registry, "test_dns_lookups"));
    assertEquals(1, value(registry, "test_dns_failures"));
    OrielException refused =
        assertThrows(OrielException.class, () -> endpoints(registry(), "srv+query:1"));
    assertTrue(refused.reason().startsWith("--query: got \"srv+query:1\", want"), refused.reason());
  }

  private static PrometheusRegistry registry() {
    return new PrometheusRegistry();
  }

  private static double value(PrometheusRegistry registry, String name) {
    return registry.scrape(name::equals).stream()
        .flatMap(family -> family.getDataPoints().stream())
        .mapToDouble(point -> ((CounterSnapshot.CounterDataPointSnapshot) point).getValue())
        .sum();
  }
}
