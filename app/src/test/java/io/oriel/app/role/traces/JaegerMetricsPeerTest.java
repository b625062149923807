package io.oriel.app.role.traces;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.process.QueryWorkers;
import io.oriel.app.role.collect.CollectOptions;
import io.oriel.app.role.collect.CollectPort;
import io.oriel.app.role.collect.CollectRole;
import io.oriel.app.role.metrics.MetricsRole;
import io.oriel.app.role.metrics.PlainMetrics;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.testkit.Peer;
import io.oriel.traces.index.IndexNames;
import io.oriel.traces.index.Rotation;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.receive.SpanIntake;
import io.oriel.wire.otlp.OtlpTraces;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real Jaeger 2 that asks our metrics role for the rates that our collector counted, as it would
/// ask a Prometheus for those of the OpenTelemetry collector's connector.
class JaegerMetricsPeerTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int PER_SECOND = 5;

  private final Closer closer = new Closer();
  private final SplittableRandom random = new SplittableRandom(1);
  private HttpClient http;

  @BeforeEach
  void start() throws IOException {
    http = closer.push(HttpClient.create(HttpClientConfig.standard(), "test"));
  }

  @AfterEach
  void stop() {
    closer.close();
  }

  @Test
  void jaegerMonitorsServicesByOurMetrics(@TempDir Path directory) throws Exception {
    Peer.require("jaeger");
    CollectRole collector = closer.push(collector());
    MetricsRole metrics = closer.push(metrics(directory, collector.operationsPort()));
    JaegerPeer jaeger =
        JaegerPeer.monitoring(directory, closer, "http://127.0.0.1:" + metrics.port());
    String service = "?service=shop&spanKind=server&groupByOperation=true";
    String times = "&endTs=%d&lookback=10000&step=1000&ratePer=10000";
    JsonNode errors = JSON.createObjectNode();
    for (int second = 0; second < 60 && !(last(errors, "buy") > 0); second++) {
      send(collector);
      Thread.sleep(1000);
      errors = monitored(jaeger, "/api/metrics/errors" + service + times);
    }

    assertEquals("service_operation_error_rate", errors.path("name").asString());
    assertEquals(0.5, last(errors, "buy"), 0.1, errors::toString);
    JsonNode calls = monitored(jaeger, "/api/metrics/calls" + service + times);
    assertEquals(List.of("buy", "look"), operations(calls), calls::toString);
    assertTrue(last(calls, "buy") > last(calls, "look"), calls::toString);
    JsonNode latencies =
        monitored(jaeger, "/api/metrics/latencies" + service + times + "&quantile=0.9");
    double millis = last(latencies, "buy");
    assertTrue(millis > 100 && millis <= 200, latencies::toString);
  }

  private static CollectRole collector() throws Exception {
    return CollectRole.start(
        CollectOptions.to(
                SearchClientConfig.of(URI.create("http://127.0.0.1:1")),
                new SpanIntake.Stamp("dev-01", "dev"))
            .listenAnywhere("127.0.0.1")
            .operations(HttpServerConfig.on("127.0.0.1:0"))
            .indices(new IndexNames("", Rotation.PERIODIC), TagFields.none())
            .derived(new CollectOptions.Derived(0, Duration.ofMinutes(1), 1000))
            .build(),
        "test");
  }

  private MetricsRole metrics(Path directory, int scraped) throws Exception {
    Path config = directory.resolve("prometheus.yml");
    Files.writeString(
        config,
        """
        scrape_configs:
          - job_name: spans
            metrics_path: /metrics/spans
            scrape_interval: 500ms
            scrape_timeout: 500ms
            static_configs: [{targets: ['127.0.0.1:%d']}]
        """
            .formatted(scraped));
    QueryWorkers workers = closer.push(QueryWorkers.start());
    return MetricsRole.start(
        PlainMetrics.of(config, directory.resolve("data")),
        new MetricsRole.Shared(workers.workers(), "test"));
  }

  /// Half of what buys fails.
  private void send(CollectRole collector) throws Exception {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < PER_SECOND; i++) {
      spans.add(span("buy", SpanStatus.UNSET));
      spans.add(span("buy", new SpanStatus(SpanStatus.Code.ERROR, "sold out")));
      spans.add(span("look", SpanStatus.UNSET));
    }
    JsonWriter json = new JsonWriter();
    OtlpTraces.writeJson(spans, json);
    HttpResult sent =
        http.send(
            HttpRequest.post(
                URI.create(
                    "http://127.0.0.1:" + collector.port(CollectPort.OTLP_HTTP) + "/v1/traces"),
                "application/json",
                json.toBytes()));
    assertEquals(200, sent.status(), sent::text);
  }

  private Span span(String name, SpanStatus status) {
    long end = System.currentTimeMillis() * 1_000_000;
    return new Span(
        new TraceId(random.nextLong(), random.nextLong()),
        random.nextLong(),
        0,
        "",
        0,
        name,
        SpanKind.SERVER,
        end - 150_000_000,
        end,
        status,
        Attributes.empty(),
        List.of(),
        List.of(),
        Span.Dropped.NOTHING,
        Resource.of(Attributes.builder().add("service.name", "shop").build()),
        new Scope("lib", "1", Attributes.empty(), 0, ""));
  }

  private JsonNode monitored(JaegerPeer jaeger, String path) throws Exception {
    URI uri = URI.create(jaeger.http() + path.formatted(System.currentTimeMillis()));
    HttpResult answer = http.send(HttpRequest.get(uri));
    assertEquals(200, answer.status(), () -> uri + ": " + answer.text());
    return JSON.readTree(answer.text());
  }

  /// Those that have a value.
  private static List<JsonNode> series(JsonNode family) {
    return family
        .path("metrics")
        .valueStream()
        .filter(one -> one.at("/metricPoints/0/gaugeValue/doubleValue").isNumber())
        .toList();
  }

  private static String operation(JsonNode series) {
    return series
        .path("labels")
        .valueStream()
        .filter(label -> "operation".equals(label.path("name").asString()))
        .map(label -> label.path("value").asString())
        .findFirst()
        .orElse("");
  }

  private static List<String> operations(JsonNode family) {
    return series(family).stream().map(JaegerMetricsPeerTest::operation).sorted().toList();
  }

  private static double last(JsonNode family, String operation) {
    return series(family).stream()
        .filter(one -> operation.equals(operation(one)))
        .map(one -> one.path("metricPoints"))
        .mapToDouble(
            points ->
                points.path(points.size() - 1).at("/gaugeValue/doubleValue").asDouble(Double.NaN))
        .findFirst()
        .orElse(Double.NaN);
  }
}
