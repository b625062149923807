package io.oriel.app.role.collect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.role.gateway.GatewayRole;
import io.oriel.gateway.pki.CertificateAuthority;
import io.oriel.gateway.pki.CertificateWish;
import io.oriel.gateway.pki.Pki;
import io.oriel.gateway.pki.Trust;
import io.oriel.gateway.quota.ClusterQuota;
import io.oriel.gateway.route.GatewayConfig;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcMetrics;
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
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.traces.batch.DeliveryOptions;
import io.oriel.traces.batch.SpanLedger;
import io.oriel.traces.batch.SpanQueue;
import io.oriel.traces.index.IndexNames;
import io.oriel.traces.index.Rotation;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.receive.SpanIntake;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A collector behind a gateway that wants certificates: what arrives at the engine, what does not,
/// and what the sender is told.
class CollectGatewayTest {
  private static final int QUEUE = 40;

  @TempDir private Path directory;
  private final List<String> documents = Collections.synchronizedList(new ArrayList<>());
  private CertificateAuthority authority;
  private HttpServer engine;
  private HttpClient http;
  private GatewayRole gateway;
  private int gatewayPort;
  private final List<CollectRole> collectors = new ArrayList<>();
  private int made;

  @BeforeEach
  void start() throws Exception {
    authority =
        Pki.openOrCreate(directory, InstantSource.system(), new SecureRandom())
            .authority(Trust.LOGS_TRACES);
    for (String name : List.of("gateway", "dev-01")) {
      authority.ensure(
          new CertificateWish(name, name, List.of("127.0.0.1"), CertificateWish.STANDARD_VALIDITY));
    }
    engine =
        HttpServer.start(
            HttpServerConfig.on("127.0.0.1:0"),
            new Routes().post("/_bulk", this::bulk),
            new HttpServerMetrics("test", new PrometheusRegistry()));
    http = HttpClient.create(HttpClientConfig.standard(), "test");
    try (ServerSocket free = new ServerSocket(0)) {
      gatewayPort = free.getLocalPort();
    }
    gateway = gateway();
  }

  @AfterEach
  void stop() {
    collectors.forEach(CollectRole::close);
    gateway.close();
    http.close();
    engine.close();
  }

  /// Takes everything.
  private HttpAnswer bulk(HttpCall call) {
    String[] lines = new String(call.body(), StandardCharsets.UTF_8).split("\n", -1);
    StringBuilder items = new StringBuilder();
    for (int i = 0; i + 1 < lines.length; i += 2) {
      documents.add(lines[i + 1]);
      boolean create = lines[i].contains("\"create\"");
      items.append(items.isEmpty() ? "" : ",");
      items.append(create ? "{\"create\":" : "{\"index\":").append("{\"status\":201}}");
    }
    return HttpAnswer.json(
        200,
        ("{\"took\":1,\"errors\":false,\"items\":[" + items + "]}")
            .getBytes(StandardCharsets.UTF_8));
  }

  private TlsConfig material(String name) {
    return new TlsConfig(
        "",
        authority.rootFile().toString(),
        "",
        authority.certificateFile(name).toString(),
        Secret.none(),
        authority.keyFile(name).toString(),
        "",
        false,
        TlsVersion.TLS13,
        TlsVersion.TLS13);
  }

  private GatewayRole gateway() throws IOException {
    GatewayConfig open = GatewayConfig.to(URI.create("http://127.0.0.1:" + engine.port()));
    GatewayConfig config =
        new GatewayConfig(
            open.engines(),
            open.engineClient(),
            Map.of("dev-01", new GatewayConfig.Cluster("dev", ClusterQuota.NONE)),
            open.standardQuota(),
            open.ownIndices(),
            open.sharedIndices(),
            open.reportedVersion(),
            open.limits());
    return GatewayRole.start(
        new GatewayRole.Options(
            new HttpServerConfig(
                "127.0.0.1:" + gatewayPort,
                "",
                Duration.ofMinutes(1),
                100,
                config.limits().bodyBytes(),
                "",
                new WebConfig(
                    Optional.of(
                        new WebConfig.Tls(
                            material("gateway"),
                            WebConfig.ClientAuth.REQUIRED,
                            Optional.of(authority.revocationsFile()))),
                    Map.of(),
                    Map.of())),
            Optional.empty(),
            HttpServerConfig.on("127.0.0.1:0"),
            config,
            Optional.of(directory.resolve("audit.log")),
            GatewayRole.Options.STANDARD_AUDIT_BYTES),
        "test");
  }

  private void collect(String prefix) throws Exception {
    collectors.add(CollectRole.start(options(prefix, Rotation.ALIAS).build(), "test"));
  }

  private CollectOptions.Builder options(String prefix, Rotation rotation) {
    DeliveryOptions standard = DeliveryOptions.standard();
    return CollectOptions.to(
            SearchClientConfig.of(URI.create("https://127.0.0.1:" + gatewayPort))
                .withTls(material("dev-01")),
            new SpanIntake.Stamp("dev-01", "dev"))
        .listenAnywhere("127.0.0.1")
        .operations(HttpServerConfig.on("127.0.0.1:0"))
        .queue(new SpanQueue.Bounds(QUEUE, 1 << 20))
        .delivery(
            new DeliveryOptions(
                standard.workers(),
                standard.batchSpans(),
                standard.batchBytes(),
                Duration.ofMillis(10),
                Duration.ofMillis(10),
                Duration.ofMillis(100),
                Duration.ofSeconds(2)))
        .indices(new IndexNames(prefix, rotation), TagFields.none())
        .derived(new CollectOptions.Derived(1_000, Duration.ofMillis(100), 100));
  }

  private CollectRole collector() {
    return collectors.getFirst();
  }

  private URI at(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /// One trace: a client and the server it calls.
  private HttpResult send() throws Exception {
    made++;
    String trace = "%032x".formatted(made);
    String json =
        """
        {"resourceSpans":[{"resource":{"attributes":[
          {"key":"service.name","value":{"stringValue":"shop"}},
          {"key":"cluster","value":{"stringValue":"prod-01"}}]},
          "scopeSpans":[{"spans":[{"traceId":"%s","spanId":"0000000000000001","name":"call",
            "kind":3,"startTimeUnixNano":"1700000000000000000"}]}]},
         {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]},
          "scopeSpans":[{"spans":[{"traceId":"%1$s","spanId":"0000000000000002",
            "parentSpanId":"0000000000000001","name":"serve","kind":2,
            "startTimeUnixNano":"1700000000000000000"}]}]}]}"""
            .formatted(trace);
    return http.send(
        HttpRequest.post(
            at(collector().port(CollectPort.OTLP_HTTP), "/v1/traces"),
            "application/json",
            json.getBytes(StandardCharsets.UTF_8)));
  }

  private String ask(int port, String path) throws Exception {
    return http.send(HttpRequest.get(at(port, path))).text();
  }

  private List<String> spans() {
    return documents.stream().filter(document -> document.contains("\"traceID\"")).toList();
  }

  private void awaitSettled() throws Exception {
    while (collector().ledger().owed() > 0) {
      Thread.sleep(10);
    }
  }

  private long lost(SpanLedger.Loss why) {
    return collector().ledger().droppedFor(why);
  }

  @Test
  void whatArrivesSaysWhoseItIsWhateverTheSenderSaid() throws Exception {
    collect("jaeger-dev");
    assertEquals(200, send().status());
    awaitSettled();
    while (documents.stream().noneMatch(document -> document.contains("\"dependencies\""))) {
      Thread.sleep(10);
    }

    assertEquals(2, spans().size());
    for (String document : documents) {
      assertTrue(document.startsWith("{\"cluster\":\"dev-01\",\"environment\":\"dev\","), document);
      assertFalse(document.contains("prod-01"), document);
    }
    String calls =
        documents.stream().filter(d -> d.contains("\"dependencies\"")).findFirst().orElseThrow();
    assertTrue(calls.contains("{\"parent\":\"shop\",\"child\":\"cart\",\"callCount\":1}"), calls);
  }

  @Test
  void anotherEnvironmentsIndicesAreRefusedAndCounted() throws Exception {
    collect("jaeger-prod");
    assertEquals(200, send().status(), "the collector took it before it knew");
    awaitSettled();

    assertEquals(2, lost(SpanLedger.Loss.REFUSED_BY_ENGINE));
    assertEquals(0, collector().ledger().stored());
    assertEquals(List.of(), documents);
    String refused = ask(gateway.operationsPort(), "/metrics");
    assertTrue(
        refused.lines().anyMatch(l -> l.matches("oriel_gateway_refused_total\\{.*dev-01.*} .*")),
        refused);
  }

  @Test
  void whileTheGatewayIsAwaySpansAreKeptAndThenRefusedInWordsThatSendersKnow() throws Exception {
    collect("jaeger-dev");
    gateway.close();
    for (int i = 0; i < QUEUE / 2; i++) {
      assertEquals(200, send().status(), "there is room");
    }
    HttpResult refused = send();
    assertEquals(429, refused.status());
    assertEquals("1", refused.header("retry-after"));
    try (GrpcClient grpc =
        GrpcClient.create(
            GrpcClientConfig.plain("127.0.0.1:" + collector().port(CollectPort.OTLP_GRPC)),
            GrpcMetrics.ofClient(new PrometheusRegistry()))) {
      // one span with ids, in an ExportTraceServiceRequest
      String span = "0a10" + "01".repeat(16) + "1208" + "02".repeat(8);
      String request = "0a20" + "121e" + "121c" + span;
      OrielException told =
          assertThrows(
              OrielException.class,
              () ->
                  grpc.call(
                      "opentelemetry.proto.collector.trace.v1.TraceService",
                      "Export",
                      ByteBuffer.wrap(HexFormat.of().parseHex(request)),
                      Duration.ofSeconds(30),
                      Map.of()));
      assertTrue(told.toString().contains("span queue is full"), told::toString);
      assertEquals(Kind.LIMITED, told.kind(), told::toString);
    }
    HttpResult ready = http.send(HttpRequest.get(at(collector().operationsPort(), "/-/ready")));
    assertEquals(503, ready.status());
    assertTrue(ready.text().contains("refuses spans: queue holds 40 of 40 spans"), ready::text);
    assertTrue(ready.text().contains("engine took nothing last"), ready::text);
    assertTrue(
        ask(collector().operationsPort(), "/metrics").contains("\noriel_collector_engine_up 0"));

    gateway = gateway();
    awaitSettled();

    assertEquals(QUEUE, spans().stream().distinct().count());
    assertEquals(QUEUE, collector().ledger().stored());
    assertEquals(3, lost(SpanLedger.Loss.QUEUE_FULL));
    assertEquals(QUEUE + 3, collector().ledger().received());
    assertEquals(0, collector().ledger().owed());
    assertEquals(200, send().status(), "takes again without a restart");
    assertTrue(ask(collector().operationsPort(), "/-/ready").startsWith("OK"));
  }

  @Test
  void aStopCountsWhatTheGatewayDidNotTake() throws Exception {
    collect("jaeger-dev");
    gateway.close();
    assertEquals(200, send().status());
    collector().close();

    assertEquals(2, lost(SpanLedger.Loss.SHUTDOWN));
    assertEquals(0, collector().ledger().owed());
  }

  @Test
  void whatAStopCannotDeliverIsOnDiskForTheNextStart() throws Exception {
    CollectOptions options =
        options("jaeger-dev", Rotation.PERIODIC).journal(directory.resolve("queue")).build();
    collectors.add(CollectRole.start(options, "test"));
    gateway.close();
    assertEquals(200, send().status());
    OrielException taken =
        assertThrows(OrielException.class, () -> CollectRole.start(options, "test"));
    assertEquals(Kind.CONFLICT, taken.kind());
    collector().close();
    assertEquals(0, lost(SpanLedger.Loss.SHUTDOWN));
    assertEquals(2, collector().ledger().kept());
    assertEquals(0, collector().ledger().owed());

    gateway = gateway();
    collectors.addFirst(CollectRole.start(options, "test"));
    while (collector().ledger().stored() < 2) {
      Thread.sleep(10);
    }
    assertEquals(2, collector().ledger().recovered());
    awaitSettled();
    assertEquals(2, spans().size());
    assertTrue(
        ask(collector().operationsPort(), "/metrics")
            .contains("\noriel_collector_spans_recovered_total 2"));
  }

  @Test
  void dataStreamsOfTheOwnEnvironmentAreWrittenAndNoOthers() throws Exception {
    collectors.add(CollectRole.start(options("jaeger-dev", Rotation.DATA_STREAM).build(), "test"));
    assertEquals(200, send().status());
    awaitSettled();
    assertEquals(2, spans().size());
    assertEquals(0, lost(SpanLedger.Loss.REFUSED_BY_ENGINE));

    collectors.addFirst(
        CollectRole.start(options("jaeger-prod", Rotation.DATA_STREAM).build(), "test"));
    assertEquals(200, send().status());
    awaitSettled();
    assertEquals(2, lost(SpanLedger.Loss.REFUSED_BY_ENGINE));
    assertEquals(2, spans().size());
  }

  @Test
  void ratesCarryTheTraceAsAnExemplar() throws Exception {
    collect("jaeger-dev");
    assertEquals(200, send().status());
    String metrics =
        http.send(
                HttpRequest.get(at(collector().operationsPort(), "/metrics/spans"))
                    .withHeader("accept", "application/openmetrics-text; version=1.0.0"))
            .text();

    assertTrue(
        metrics.contains(
            "traces_span_metrics_calls_total{service_name=\"cart\","
                + "span_kind=\"SPAN_KIND_SERVER\",span_name=\"serve\","
                + "status_code=\"STATUS_CODE_UNSET\"} 1.0"),
        metrics);
    assertTrue(metrics.contains("trace_id=\"" + "%032x".formatted(1) + "\""), metrics);
    assertFalse(metrics.contains("jvm_"), "only the applications' own");
  }
}
