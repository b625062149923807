package io.oriel.app.role.collect;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jaegertracing.thrift.internal.senders.HttpSender;
import io.jaegertracing.thrift.internal.senders.UdpSender;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.oriel.app.Asking;
import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.search.client.Hit;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.search.node.SearchNode;
import io.oriel.search.node.SearchNodeConfig;
import io.oriel.search.query.SearchRequest;
import io.oriel.search.template.Retention;
import io.oriel.search.template.ShardPlan;
import io.oriel.traces.index.IndexNames;
import io.oriel.traces.index.Rotation;
import io.oriel.traces.index.SpanDecoder;
import io.oriel.traces.index.SpanIndices;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.receive.SpanIntake;
import io.oriel.traces.sample.TailConfig;
import io.oriel.wire.otlp.OtlpTraces;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zipkin2.Endpoint;
import zipkin2.reporter.AsyncReporter;
import zipkin2.reporter.BytesMessageSender;
import zipkin2.reporter.Encoding;
import zipkin2.reporter.SpanBytesEncoder;
import zipkin2.reporter.urlconnection.URLConnectionSender;

/// Real senders, the embedded engine, and what is found in it.
class CollectRoleTest {
  private static SearchNode node;
  private static SearchClient engine;
  private static int used;

  private final String prefix = "t" + used++;
  private final List<CollectRole> roles = new ArrayList<>();

  @BeforeAll
  static void startEngine(@TempDir Path data) throws Exception {
    node = SearchNode.start(SearchNodeConfig.in(data), InstantSource.system());
    engine = SearchClient.create(SearchClientConfig.of(node.uri()), "test");
  }

  @AfterAll
  static void stopEngine() {
    engine.close();
    node.close();
  }

  @AfterEach
  void stop() {
    roles.forEach(CollectRole::close);
  }

  private void start(Rotation rotation) throws Exception {
    IndexNames names = new IndexNames(prefix, rotation);
    new SpanIndices(names, new ShardPlan(1, 0)).prepare(engine, Retention.spans());
    roles.add(
        CollectRole.start(
            CollectOptions.to(
                    SearchClientConfig.of(node.uri()), new SpanIntake.Stamp("dev-01", "dev"))
                .listenAnywhere("127.0.0.1")
                .operations(HttpServerConfig.on("127.0.0.1:0"))
                .indices(names, TagFields.none())
                .build(),
            "test"));
  }

  private CollectRole role() {
    return roles.getFirst();
  }

  /// Stops the collector, which drains it, and finds what it wrote.
  private List<Span> written(Rotation rotation) throws Exception {
    role().close();
    assertEquals(0, role().ledger().owed());
    String target = new IndexNames(prefix, rotation).reading("span");
    engine.indices().refresh(List.of(target));
    List<Span> spans = new ArrayList<>();
    SpanDecoder decoder = new SpanDecoder(TagFields.none());
    for (Hit hit : engine.documents().search(SearchRequest.of(target).withSize(100)).hits()) {
      spans.add(decoder.decode(hit.source()));
    }
    return spans;
  }

  private String url(CollectPort port, String path) {
    return "http://127.0.0.1:" + role().port(port) + path;
  }

  private static void send(SpanExporter exporter, String name) {
    try (SdkTracerProvider tracing =
        SdkTracerProvider.builder()
            .setResource(
                Resource.builder()
                    .put("service.name", "shop")
                    .put("cluster", "somebody-else")
                    .put("k8s.pod.name", "shop-0")
                    .build())
            .addSpanProcessor(SimpleSpanProcessor.create(exporter))
            .build()) {
      tracing
          .get("lib", "1.2")
          .spanBuilder(name)
          .setSpanKind(SpanKind.SERVER)
          .setAttribute("http.request.method", "GET")
          .setAttribute("answer", 42L)
          .setAttribute("ratio", 0.5)
          .setAttribute("ok", true)
          .setAttribute(AttributeKey.stringArrayKey("list"), List.of("a", "b"))
          .startSpan()
          .addEvent("retry")
          .setStatus(StatusCode.ERROR, "broken")
          .end();
    }
  }

  private static void assertShop(Span span, String name) {
    assertEquals(name, span.name());
    assertEquals("shop", span.service());
    assertEquals("dev-01", span.resource().attributes().text("cluster"));
    assertEquals("dev", span.resource().attributes().text("environment"));
    assertEquals("shop-0", span.resource().attributes().text("k8s.pod.name"));
    assertEquals(io.oriel.model.trace.SpanKind.SERVER, span.kind());
    assertEquals(new SpanStatus(SpanStatus.Code.ERROR, "broken"), span.status());
    Attributes attributes = span.attributes();
    assertEquals("GET", attributes.text("http.request.method"));
    assertEquals(AttributeValue.of(42L), attributes.get("answer").orElseThrow());
    assertEquals(AttributeValue.of(0.5), attributes.get("ratio").orElseThrow());
    assertEquals(AttributeValue.of(true), attributes.get("ok").orElseThrow());
    assertEquals("[\"a\",\"b\"]", attributes.text("list"));
    assertEquals("retry", span.events().getFirst().name());
    assertEquals("lib", span.scope().name());
    assertEquals("1.2", span.scope().version());
  }

  @Test
  void theOpenTelemetrySdkOverGrpc() throws Exception {
    start(Rotation.PERIODIC);
    send(
        OtlpGrpcSpanExporter.builder()
            .setEndpoint(url(CollectPort.OTLP_GRPC, ""))
            .setCompression("gzip")
            .build(),
        "over grpc");

    assertShop(written(Rotation.PERIODIC).getFirst(), "over grpc");
  }

  @Test
  void theOpenTelemetrySdkOverHttp() throws Exception {
    start(Rotation.ALIAS);
    send(
        OtlpHttpSpanExporter.builder()
            .setEndpoint(url(CollectPort.OTLP_HTTP, "/v1/traces"))
            .setCompression("gzip")
            .build(),
        "over http");

    assertShop(written(Rotation.ALIAS).getFirst(), "over http");
  }

  /// One of several collectors, which keep traces with an error.
  private void startPeer(int port, List<String> all, Path config) throws Exception {
    roles.add(
        CollectRole.start(
            CollectOptions.to(
                    SearchClientConfig.of(node.uri()), new SpanIntake.Stamp("dev-01", "dev"))
                .listenAnywhere("127.0.0.1")
                .listen(CollectPort.OTLP_GRPC, "127.0.0.1:" + port)
                .operations(HttpServerConfig.on("127.0.0.1:0"))
                .indices(new IndexNames(prefix, Rotation.PERIODIC), TagFields.none())
                .tail(TailConfig.load(config))
                .peering(
                    Optional.of(new CollectPeering("127.0.0.1:" + port, all, Optional.empty())))
                .build(),
            "test"));
  }

  private static Span part(TraceId trace, long id, long parent, SpanStatus status) {
    long nanos = Instant.now().toEpochMilli() * 1_000_000;
    return new Span(
        trace,
        id,
        parent,
        "",
        1,
        "part",
        io.oriel.model.trace.SpanKind.SERVER,
        nanos,
        nanos + 1_000,
        status,
        Attributes.empty(),
        List.of(),
        List.of(),
        Span.Dropped.NOTHING,
        io.oriel.model.trace.Resource.of(Attributes.of("service.name", AttributeValue.of("shop"))),
        Scope.NONE);
  }

  private static void post(CollectRole to, List<Span> spans) throws Exception {
    try (HttpClient client = HttpClient.create(HttpClientConfig.standard(), "test")) {
      URI uri = URI.create("http://127.0.0.1:" + to.port(CollectPort.OTLP_HTTP) + "/v1/traces");
      byte[] body = OtlpTraces.write(spans);
      assertEquals(
          200, client.send(HttpRequest.post(uri, "application/x-protobuf", body)).status());
    }
  }

  @Test
  void severalCollectorsDecideATraceTogether(@TempDir Path directory) throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("tail.yml"),
            """
            decision_wait: 1h
            policies:
              - name: errors
                type: status_code
                status_code: {status_codes: [ERROR]}
            """);
    new SpanIndices(new IndexNames(prefix, Rotation.PERIODIC), new ShardPlan(1, 0))
        .prepare(engine, Retention.spans());
    int free = Asking.freePorts();
    List<Integer> ports = List.of(free, free + 1);
    List<String> all = ports.stream().map(port -> "127.0.0.1:" + port).toList();
    for (int port : ports) {
      startPeer(port, all, config);
    }
    List<Span> roots = new ArrayList<>();
    List<Span> children = new ArrayList<>();
    for (int i = 1; i <= 40; i++) {
      TraceId trace = new TraceId(7, i);
      roots.add(part(trace, 100 + i, 0, SpanStatus.UNSET));
      SpanStatus status =
          i % 2 == 0 ? new SpanStatus(SpanStatus.Code.ERROR, "broken") : SpanStatus.UNSET;
      children.add(part(trace, 200 + i, 100 + i, status));
    }
    post(roles.get(0), roots);
    post(roles.get(1), children);
    // what is held is decided when they stop
    roles.get(1).close();

    Map<TraceId, Integer> found = new TreeMap<>();
    written(Rotation.PERIODIC).forEach(span -> found.merge(span.traceId(), 1, Integer::sum));

    Map<TraceId, Integer> want = new TreeMap<>();
    for (int i = 2; i <= 40; i += 2) {
      want.put(new TraceId(7, i), 2);
    }
    assertEquals(want, found);
    long handedOn = roles.stream().mapToLong(role -> role.ledger().handedOn()).sum();
    assertTrue(handedOn > 20 && handedOn < 60, "about half: " + handedOn);
    roles.forEach(role -> assertEquals(0, role.ledger().owed()));
  }

  @Test
  void theJaegerClientOverHttp() throws Exception {
    start(Rotation.PERIODIC);
    JaegerClient.report(
        new HttpSender.Builder(url(CollectPort.JAEGER_HTTP, "/api/traces")).build());

    JaegerClient.assertReported(written(Rotation.PERIODIC));
  }

  @Test
  void theJaegerClientOverUdp() throws Exception {
    start(Rotation.PERIODIC);
    JaegerClient.report(new UdpSender("127.0.0.1", role().port(CollectPort.AGENT_COMPACT), 0));
    awaitReceived(2);

    JaegerClient.assertReported(written(Rotation.PERIODIC));
  }

  @Test
  void theJaegerClientsBinaryProtocolOverUdp() throws Exception {
    start(Rotation.PERIODIC);
    JaegerClient.report(JaegerClient.binary(role().port(CollectPort.AGENT_BINARY)));
    awaitReceived(2);

    JaegerClient.assertReported(written(Rotation.PERIODIC));
  }

  private void awaitReceived(int spans) throws InterruptedException {
    for (int i = 0; i < 3_000 && role().ledger().received() < spans; i++) {
      Thread.sleep(10);
    }
    assertEquals(spans, role().ledger().received());
  }

  private static zipkin2.Span zipkinSpan() {
    return zipkin2.Span.newBuilder()
        .traceId("4d1e00c0db9010db86154a4ba6e91385")
        .parentId("86154a4ba6e91385")
        .id("4d1e00c0db9010db")
        .name("get")
        .kind(zipkin2.Span.Kind.CLIENT)
        .timestamp(System.currentTimeMillis() * 1000)
        .duration(207_000)
        .localEndpoint(Endpoint.newBuilder().serviceName("frontend").ip("10.0.0.1").build())
        .remoteEndpoint(
            Endpoint.newBuilder().serviceName("backend").ip("10.0.0.2").port(9000).build())
        .addAnnotation(System.currentTimeMillis() * 1000, "foo")
        .putTag("http.path", "/api")
        .putTag("error", "timeout")
        .build();
  }

  /// Its reporter with its sender, in each of the four formats that it has.
  private void report(String path, Encoding encoding, SpanBytesEncoder format, zipkin2.Span span) {
    try (URLConnectionSender sender =
            URLConnectionSender.newBuilder()
                .endpoint(url(CollectPort.ZIPKIN, path))
                .encoding(encoding)
                .build();
        AsyncReporter<zipkin2.Span> reporter =
            AsyncReporter.builder((BytesMessageSender) sender).build(format)) {
      reporter.report(span);
      reporter.flush();
    }
  }

  @Test
  @SuppressWarnings("deprecation") // Thrift is, but old applications send it
  void zipkinsReporter() throws Exception {
    start(Rotation.DATA_STREAM);
    zipkin2.Span.Builder span = zipkinSpan().toBuilder();
    report("/api/v2/spans", Encoding.JSON, SpanBytesEncoder.JSON_V2, span.id("1").build());
    report("/api/v2/spans", Encoding.PROTO3, SpanBytesEncoder.PROTO3, span.id("2").build());
    report("/api/v1/spans", Encoding.JSON, SpanBytesEncoder.JSON_V1, span.id("3").build());
    report("/api/v1/spans", Encoding.THRIFT, SpanBytesEncoder.THRIFT, span.id("4").build());

    List<Span> spans = written(Rotation.DATA_STREAM);

    assertEquals(Set.of(1L, 2L, 3L, 4L), spans.stream().map(Span::spanId).collect(toSet()));
    for (Span each : spans) {
      String which = "span " + each.spanId();
      assertEquals("4d1e00c0db9010db86154a4ba6e91385", each.traceId().hex(), which);
      assertEquals(0x86154a4ba6e91385L, each.parentSpanId(), which);
      assertEquals("frontend", each.service(), which);
      assertEquals("backend", each.attributes().text("peer.service"), which);
      assertEquals("/api", each.attributes().text("http.path"), which);
      assertEquals("timeout", each.attributes().text("error"), which);
      assertEquals(207_000_000L, each.durationNanos(), which);
      assertEquals("foo", each.events().getFirst().name(), which);
      assertEquals(io.oriel.model.trace.SpanKind.CLIENT, each.kind(), which);
    }
  }

  @Test
  void theSameSpanSentTwiceIsThereOnceAndItsServiceToo() throws Exception {
    start(Rotation.PERIODIC);
    byte[] body =
        """
        {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":
        "s"}}]},"scopeSpans":[{"spans":[{"traceId":"00000000000000000000000000000001","spanId":
        "0000000000000002","name":"op","startTimeUnixNano":"1700000000000000000"}]}]}]}"""
            .getBytes(StandardCharsets.UTF_8);
    try (HttpClient http = HttpClient.create(HttpClientConfig.standard(), "test")) {
      for (int i = 0; i < 2; i++) {
        URI uri = URI.create(url(CollectPort.OTLP_HTTP, "/v1/traces"));
        assertEquals(200, http.send(HttpRequest.post(uri, "application/json", body)).status());
      }

      assertEquals(1, written(Rotation.PERIODIC).size());
      String services = new IndexNames(prefix, Rotation.PERIODIC).reading("service");
      engine.indices().refresh(List.of(services));
      List<Hit> hits = engine.documents().search(SearchRequest.of(services)).hits();
      assertEquals(1, hits.size());
      assertEquals("s", hits.getFirst().source().get("serviceName").asString());
    }
  }

  @Test
  void tellsClientsHowToSampleAndEverybodyHowItIs() throws Exception {
    start(Rotation.PERIODIC);
    try (HttpClient http = HttpClient.create(HttpClientConfig.standard(), "test");
        GrpcClient grpc =
            GrpcClient.create(
                GrpcClientConfig.plain("127.0.0.1:" + role().port(CollectPort.SAMPLING_GRPC)),
                GrpcMetrics.ofClient(new PrometheusRegistry()))) {
      String url = url(CollectPort.SAMPLING_HTTP, "/sampling?service=shop");
      String json = http.send(HttpRequest.get(URI.create(url))).text();
      ByteBuffer answer =
          grpc.call(
              "jaeger.api_v2.SamplingManager",
              "GetSamplingStrategy",
              ByteBuffer.wrap(new byte[] {10, 4, 's', 'h', 'o', 'p'}),
              Duration.ofSeconds(30),
              Map.of());
      String metrics =
          http.send(
                  HttpRequest.get(
                      URI.create("http://127.0.0.1:" + role().operationsPort() + "/metrics")))
              .text();

      assertEquals(
          "{\"strategyType\":\"PROBABILISTIC\",\"probabilisticSampling\":{\"samplingRate\":0.1}}",
          json);
      assertTrue(answer.remaining() > 8);
      for (String name :
          List.of(
              "jaeger_collector_queue_length",
              "jaeger_collector_queue_capacity",
              "jaeger_collector_in_queue_latency_bucket",
              "jaeger_collector_save_latency_bucket",
              "jaeger_collector_spans_received_total",
              "jaeger_collector_spans_dropped_total",
              "otelcol_receiver_accepted_spans",
              "otelcol_receiver_refused_spans",
              "otelcol_exporter_sent_spans",
              "otelcol_exporter_send_failed_spans",
              "otelcol_exporter_queue_size",
              "otelcol_exporter_queue_capacity",
              "otelcol_exporter_enqueue_failed_spans")) {
        assertTrue(metrics.contains("\n" + name), () -> name + " is not in\n" + metrics);
      }
    }
  }
}
