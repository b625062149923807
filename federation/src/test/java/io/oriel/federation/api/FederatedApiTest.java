package io.oriel.federation.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.federation.dedup.Deduplication;
import io.oriel.federation.query.EndpointSet;
import io.oriel.federation.query.EndpointSpec;
import io.oriel.federation.query.ServiceFanOut;
import io.oriel.federation.query.StoreSelector;
import io.oriel.federation.store.LocalStore;
import io.oriel.federation.store.StoreService;
import io.oriel.federation.store.TestSeries;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import io.oriel.model.series.ExemplarQueryable.SeriesExemplars;
import io.oriel.promql.EngineOptions;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.eval.Execution.Workers;
import io.oriel.runtime.dns.DnsResolver;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.grpc.GrpcService.Method;
import io.oriel.runtime.grpc.GrpcService.Shape;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.wire.storeapi.ExemplarsRequest;
import io.oriel.wire.storeapi.InfoResponse.Service;
import io.oriel.wire.storeapi.MetadataRequest;
import io.oriel.wire.storeapi.PartialResponse;
import io.oriel.wire.storeapi.RuleGroup;
import io.oriel.wire.storeapi.RuleGroup.Alert;
import io.oriel.wire.storeapi.RuleGroup.AlertState;
import io.oriel.wire.storeapi.RuleGroup.Outcome;
import io.oriel.wire.storeapi.StreamFrame;
import io.oriel.wire.storeapi.TargetDiscovery;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Two replicas over gRPC behind the HTTP API.
class FederatedApiTest {
  private final Closer closer = new Closer();
  private final List<GrpcServer> replicas = new ArrayList<>();
  private HttpClient client;
  private EndpointSet endpoints;
  private int port;
  private int confinedPort;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    replicas.add(replica("a", AlertState.PENDING, 0));
    replicas.add(replica("b", AlertState.FIRING, 300));
    GrpcMetrics metrics = GrpcMetrics.ofClient(new PrometheusRegistry());
    List<String> addresses = replicas.stream().map(server -> "127.0.0.1:" + server.port()).toList();
    endpoints =
        closer.push(
            new EndpointSet(
                new EndpointSet.Access(
                    () -> EndpointSpec.of(addresses),
                    DnsResolver.system(),
                    (address, _) -> GrpcClient.create(GrpcClientConfig.plain(address), metrics),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(20)),
                InstantSource.system(),
                new EndpointSet.Metrics(new PrometheusRegistry())));
    endpoints.refresh();
    client = closer.push(HttpClient.create(HttpClientConfig.standard(), "oriel-test"));
    port = serve(ApiSettings.standard(List.of("replica")));
    confinedPort =
        serve(
            new ApiSettings(
                List.of("replica"),
                Deduplication.PENALTY,
                PartialResponse.WARN,
                false,
                Duration.ofSeconds(20),
                Duration.ofMinutes(5),
                StoreSelector.everything(),
                Optional.of(new ApiSettings.Tenancy("thanos-tenant", "nobody", "tenant_id"))));
  }

  private int serve(ApiSettings settings) throws IOException {
    Routes routes = new Routes();
    QueryEngine engine =
        new QueryEngine(EngineOptions.DEFAULT, new Workers(Runnable::run, 1), System::nanoTime);
    new FederatedApi(engine, endpoints::all, settings, InstantSource.system()).addTo(routes);
    return closer
        .push(
            HttpServer.start(
                HttpServerConfig.on("127.0.0.1:0"),
                routes,
                new HttpServerMetrics("thanos", new PrometheusRegistry())))
        .port();
  }

  @AfterEach
  void stop() {
    closer.close();
  }

  private GrpcServer replica(String name, AlertState state, long shift) throws IOException {
    TestSeries series = new TestSeries();
    for (int i = 0; i < 60; i++) {
      for (String tenant : List.of("t1", "t2")) {
        series.add(Labels.of("__name__", "up", "tenant_id", tenant), 10_000L * i + shift, 1);
      }
    }
    LocalStore store =
        new LocalStore(
            series,
            new LocalStore.Description(
                "sidecar",
                () -> Labels.of("cluster", "dev-01", "replica", name),
                () -> 0,
                EnumSet.of(Service.RULES, Service.TARGETS, Service.METADATA, Service.EXEMPLARS)));
    List<GrpcService> services = new ArrayList<>(StoreService.of(store));
    Labels own = Labels.of("replica", name, "cluster", "dev-01");
    services.add(
        fixed("thanos.Rules", "Rules", RuleGroup.writeFrame(StreamFrame.of(group(own, state)))));
    services.add(
        fixed(
            "thanos.Targets",
            "Targets",
            TargetDiscovery.writeFrame(StreamFrame.of(targets(own, shift)))));
    services.add(
        fixed(
            "thanos.Metadata",
            "MetricMetadata",
            MetadataRequest.writeFrame(
                StreamFrame.of(
                    Map.of("up", List.of(new MetricMetadata(MetricType.GAUGE, "", "is it up")))))));
    services.add(
        fixed(
            "thanos.Exemplars",
            "Exemplars",
            ExemplarsRequest.writeFrame(
                StreamFrame.of(
                    new SeriesExemplars(
                        own.with("__name__", "up"),
                        List.of(new Exemplar(Labels.of("trace_id", "x"), 1, 1000, true)))))));
    return closer.push(
        GrpcServer.start(
            GrpcServerConfig.plain("127.0.0.1:0"),
            services,
            InstantSource.system(),
            GrpcMetrics.ofServer(new PrometheusRegistry())));
  }

  private static GrpcService fixed(String service, String method, ByteBuffer frame) {
    return new GrpcService(
        service,
        List.of(new Method(method, Shape.SERVER_STREAM, call -> call.send(frame.duplicate()))));
  }

  private static RuleGroup group(Labels own, AlertState state) {
    Outcome outcome = new Outcome("ok", "", 0.1, Instant.ofEpochSecond(100));
    return new RuleGroup(
        "g",
        "f.yml",
        List.of(
            new Alert(state, "Down", "up == 0", 60, 0, own, Labels.empty(), List.of(), outcome)),
        30,
        0.1,
        Instant.ofEpochSecond(100),
        0,
        PartialResponse.WARN);
  }

  private static TargetDiscovery targets(Labels own, long shift) {
    return new TargetDiscovery(
        List.of(
            new TargetDiscovery.ActiveTarget(
                own,
                own,
                "node",
                "http://n/metrics",
                "http://n/metrics",
                "",
                Instant.ofEpochMilli(1000 + shift),
                0.1,
                TargetDiscovery.Health.UP)),
        List.of());
  }

  private String get(int to, String path, String... params)
      throws IOException, InterruptedException {
    StringBuilder uri = new StringBuilder("http://127.0.0.1:" + to + "/api/v1/" + path);
    for (int i = 0; i < params.length; i += 2) {
      uri.append(i == 0 ? '?' : '&')
          .append(URLEncoder.encode(params[i], StandardCharsets.UTF_8))
          .append('=')
          .append(URLEncoder.encode(params[i + 1], StandardCharsets.UTF_8));
    }
    return client.send(HttpRequest.get(URI.create(uri.toString()))).text();
  }

  @Test
  void replicasAreOneUnlessAskedOtherwise() throws Exception {
    assertEquals(
        "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},"
            + "\"value\":[500,\"2\"]}]}}",
        get(port, "query", "query", "count(up)", "time", "500"));
    assertTrue(
        get(port, "query", "query", "count(up)", "time", "500", "dedup", "false")
            .contains("\"4\""));
    assertTrue(
        get(port, "query", "query", "count(up)", "time", "500", "replicaLabels[]", "cluster")
            .contains("\"4\""));
  }

  @Test
  void rangesAndSeriesAndLabelsAreMerged() throws Exception {
    String range =
        get(port, "query_range", "query", "sum(up)", "start", "100", "end", "160", "step", "30");
    assertTrue(range.contains("\"values\":[[100,\"2\"],[130,\"2\"],[160,\"2\"]]"), range);
    String series = get(port, "series", "match[]", "up{tenant_id=\"t1\"}");
    assertEquals(
        "{\"status\":\"success\",\"data\":[{\"__name__\":\"up\",\"cluster\":\"dev-01\","
            + "\"tenant_id\":\"t1\"}]}",
        series);
    assertEquals(
        "{\"status\":\"success\",\"data\":[\"__name__\",\"cluster\",\"replica\",\"tenant_id\"]}",
        get(port, "labels"));
    assertEquals(
        "{\"status\":\"success\",\"data\":[\"t1\",\"t2\"]}", get(port, "label/tenant_id/values"));
  }

  @Test
  void aMissingReplicaIsAWarningOrAFailure() throws Exception {
    replicas.getFirst().close();

    String partial = get(port, "query", "query", "count(up)", "time", "500");
    String strict =
        get(port, "query", "query", "count(up)", "time", "500", "partial_response", "0");

    assertTrue(partial.contains("\"2\"") && partial.contains("replica=\\\"a\\\""), partial);
    assertTrue(strict.contains("\"errorType\":\"unavailable\""), strict);
  }

  @Test
  void badParametersAreNamed() throws Exception {
    assertTrue(
        get(port, "query", "query", "up", "dedup", "maybe")
            .contains("invalid parameter \\\"dedup\\\": cannot parse \\\"maybe\\\" to a boolean"));
    assertTrue(get(port, "query", "query", "up", "engine", "x").contains("\\\"engine\\\""));
    assertTrue(get(port, "query", "query", "up{").contains("bad_data"));
    assertTrue(get(port, "query", "query", "up", "storeMatch[]", "{").contains("storeMatch[]"));
    assertTrue(
        get(port, "query", "query", "up", "max_source_resolution", "-5m").contains("bad_data"));
  }

  @Test
  void aTenantSeesItsOwnSeriesOnly() throws Exception {
    assertTrue(get(confinedPort, "query", "query", "up", "time", "500").contains("[]"));
    HttpRequest request =
        HttpRequest.get(
                URI.create("http://127.0.0.1:" + confinedPort + "/api/v1/query?query=up&time=500"))
            .withHeader("thanos-tenant", "t2");

    String answer = client.send(request).text();

    assertTrue(answer.contains("\"tenant_id\":\"t2\"") && !answer.contains("t1"), answer);
  }

  @Test
  void rulesTargetsMetadataAndExemplarsAreGatheredAndMerged() throws Exception {
    String rules = get(port, "rules");
    assertTrue(rules.contains("\"state\":\"firing\"") && !rules.contains("pending"), rules);
    String targets = get(port, "targets");
    assertTrue(targets.contains("\"lastScrape\":\"1970-01-01T00:00:01.300Z\""), targets);
    assertEquals(-1, targets.indexOf("scrapeUrl", targets.indexOf("scrapeUrl") + 1), targets);
    assertEquals(
        "{\"status\":\"success\",\"data\":{\"up\":[{\"type\":\"gauge\",\"help\":\"is it up\","
            + "\"unit\":\"\"}]}}",
        get(port, "metadata"));
    String exemplars = get(port, "query_exemplars", "query", "up");
    assertTrue(
        exemplars.contains("\"seriesLabels\":{\"__name__\":\"up\",\"cluster\":\"dev-01\"}"),
        exemplars);
    assertEquals(exemplars.indexOf("trace_id"), exemplars.lastIndexOf("trace_id"), exemplars);
  }

  @Test
  void storesAreListedByKind() throws Exception {
    String stores = get(port, "stores");

    assertTrue(
        stores.startsWith("{\"status\":\"success\",\"data\":{\"sidecar\":[{\"name\":"), stores);
    assertTrue(
        stores.contains("\"labelSets\":[{\"cluster\":\"dev-01\",\"replica\":\"a\"}]"), stores);
  }

  @Test
  void aQueryAboveGetsTheSameServices() throws Exception {
    GrpcServer relay =
        closer.push(
            GrpcServer.start(
                GrpcServerConfig.plain("127.0.0.1:0"),
                new ServiceFanOut(endpoints::all, Duration.ofSeconds(20)).services(),
                InstantSource.system(),
                GrpcMetrics.ofServer(new PrometheusRegistry())));
    try (GrpcClient above =
            GrpcClient.create(
                GrpcClientConfig.plain("127.0.0.1:" + relay.port()),
                GrpcMetrics.ofClient(new PrometheusRegistry()));
        var stream =
            above.stream(
                "thanos.Rules",
                "Rules",
                ByteBuffer.allocate(0),
                Duration.ofSeconds(20),
                Map.of())) {
      int frames = 0;
      while (stream.next() != null) {
        frames++;
      }
      assertEquals(2, frames);
    }
  }
}
