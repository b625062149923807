package io.oriel.app.role.traces;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.Asking;
import io.oriel.app.role.collect.CollectOptions;
import io.oriel.app.role.collect.CollectPort;
import io.oriel.app.role.collect.CollectRole;
import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanEvent;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanLink;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.search.client.BulkBody;
import io.oriel.search.client.Documents;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.search.node.SearchNode;
import io.oriel.search.node.SearchNodeConfig;
import io.oriel.search.template.Retention;
import io.oriel.search.template.ShardPlan;
import io.oriel.testkit.Peer;
import io.oriel.traces.api.Traces;
import io.oriel.traces.assemble.Adjusters;
import io.oriel.traces.index.IndexNames;
import io.oriel.traces.index.Rotation;
import io.oriel.traces.index.SpanIndices;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.query.SpanSources;
import io.oriel.traces.receive.SpanIntake;
import io.oriel.wire.elastic.BulkAction;
import io.oriel.wire.elastic.BulkOp;
import io.oriel.wire.otlp.OtlpTraces;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real Jaeger 2 beside us: it writes and we read, we write and it reads, and it keeps nothing
/// itself but asks us. The same spans go in everywhere, so the same answers come out.
class JaegerPeerTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Closer CLOSER = new Closer();

  /** Whole seconds, in milliseconds. */
  private static long now;

  private static List<Span> all;
  private static HttpClient http;
  private static String oursOverTheirs;
  private static String oursOverOurs;
  private static JaegerPeer writing;
  private static JaegerPeer reading;
  private static JaegerPeer above;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    Peer.require("jaeger");
    now = Instant.now().getEpochSecond() * 1000;
    all = spans();
    http = CLOSER.push(HttpClient.create(HttpClientConfig.standard(), "test"));
    SearchNode node =
        CLOSER.push(
            SearchNode.start(
                SearchNodeConfig.in(directory.resolve("engine")), InstantSource.system()));
    SearchClient engine =
        CLOSER.push(SearchClient.create(SearchClientConfig.of(node.uri()), "test"));
    TracesRole theirs = traces(node.uri(), "theirs");
    TracesRole ours = traces(node.uri(), "ours");
    oursOverTheirs = "http://127.0.0.1:" + theirs.port();
    oursOverOurs = "http://127.0.0.1:" + ours.port();
    IndexNames names = new IndexNames("ours", Rotation.PERIODIC);
    new SpanIndices(names, new ShardPlan(1, 0)).prepare(engine, Retention.spans());
    try (CollectRole collector =
        CollectRole.start(
            CollectOptions.to(
                    SearchClientConfig.of(node.uri()), new SpanIntake.Stamp("dev-01", "dev"))
                .listenAnywhere("127.0.0.1")
                .operations(HttpServerConfig.on("127.0.0.1:0"))
                .indices(names, TagFields.none())
                .derived(new CollectOptions.Derived(0, Duration.ofMinutes(1), 0))
                .build(),
            "test")) {
      send("http://127.0.0.1:" + collector.port(CollectPort.OTLP_HTTP));
      above =
          JaegerPeer.start(
              directory,
              CLOSER,
              JaegerPeer.remote(
                  "127.0.0.1:" + ours.storagePort(),
                  "127.0.0.1:" + collector.port(CollectPort.OTLP_GRPC)));
    }
    calls(
        engine, names.dependencies(Instant.ofEpochMilli(now)), Instant.ofEpochMilli(now - 60_000));
    writing =
        JaegerPeer.start(
            directory, CLOSER, JaegerPeer.elasticsearch(node.uri().toString(), "theirs"));
    reading =
        JaegerPeer.start(
            directory, CLOSER, JaegerPeer.elasticsearch(node.uri().toString(), "ours"));
    send(writing.otlp());
    for (int i = 0; i < 300 && count(engine, "theirs-jaeger-span-*") < all.size(); i++) {
      Thread.sleep(100);
    }
    engine.indices().refresh(List.of("*jaeger-*"));
    assertEquals(all.size(), count(engine, "theirs-jaeger-span-*"));
    assertEquals(all.size(), count(engine, "ours-jaeger-span-*"));
  }

  /// Who called whom, as our collectors write it.
  private static void calls(SearchClient engine, String index, Instant at)
      throws InterruptedException {
    String document =
        "{\"timestamp\":\"%s\",\"@timestamp\":\"%s\",\"dependencies\":[%s,%s]}"
            .formatted(at, at, link("bank", 3), link("till", 1));
    BulkBody body = new BulkBody(1 << 20);
    body.add(BulkAction.of(BulkOp.CREATE, index, "one"), document.getBytes(StandardCharsets.UTF_8));
    engine.documents().bulk(body, Documents.Refresh.WAIT);
  }

  private static String link(String child, int calls) {
    return "{\"parent\":\"shop\",\"child\":\"%s\",\"callCount\":%d}".formatted(child, calls);
  }

  @AfterAll
  static void stop() {
    CLOSER.close();
  }

  private static long count(SearchClient engine, String indices) throws InterruptedException {
    engine.indices().refresh(List.of("*jaeger-*"));
    return engine.documents().count(List.of(indices), io.oriel.search.query.Query.all());
  }

  private static TracesRole traces(URI engine, String prefix) throws Exception {
    return CLOSER.push(
        TracesRole.start(
            new TracesRole.Options(
                SearchClientConfig.of(engine),
                new SpanSources(List.of(prefix)),
                TagFields.none(),
                new Traces.Limits(new Adjusters(Duration.ZERO), 1000),
                HttpServerConfig.on("127.0.0.1:0"),
                new TracesRole.Grpc(
                    GrpcServerConfig.plain("127.0.0.1:0"),
                    Optional.of(GrpcServerConfig.plain("127.0.0.1:0")))),
            "test"));
  }

  private static void send(String url) throws Exception {
    JsonWriter json = new JsonWriter();
    OtlpTraces.writeJson(all, json);
    HttpResult sent =
        http.send(
            HttpRequest.post(URI.create(url + "/v1/traces"), "application/json", json.toBytes()));
    assertEquals(200, sent.status(), sent::text);
  }

  /// Three traces that differ in everything that a search looks at.
  private static List<Span> spans() {
    Attributes odd =
        Attributes.builder()
            .add("text", "a \"quoted\" ü")
            .add("order.code", AttributeValue.of(503L))
            .add("large", AttributeValue.of(9_007_199_254_740_995L))
            .add("ratio", AttributeValue.of(0.25))
            .add("yes", AttributeValue.of(true))
            .build();
    SpanEvent event =
        new SpanEvent(
            (now - 200_000) * 1_000_000,
            "exception",
            Attributes.builder().add("exception.type", "Oops").build(),
            0);
    SpanLink link = new SpanLink(new TraceId(5, 6), 7, "", 0, Attributes.empty(), 0);
    TraceId one = new TraceId(0x0102030405060708L, 0x1112131415161718L);
    TraceId two = new TraceId(0, 0x2122232425262728L);
    TraceId three = new TraceId(0x31, 0x32);
    return List.of(
        span(one, 1, 0, "shop", SpanKind.SERVER, 300).withAttributes(odd),
        span(one, 2, 1, "shop", SpanKind.CLIENT, 200)
            .withAttributes(odd)
            .withLists(List.of(event), List.of()),
        span(one, 3, 2, "bank", SpanKind.SERVER, 100).withLists(List.of(), List.of(link)),
        span(two, 9, 0, "till", SpanKind.UNSPECIFIED, 5),
        span(three, 4, 99, "bank", SpanKind.CONSUMER, 50)
            .withAttributes(odd)
            .withLists(List.of(event), List.of(link)));
  }

  private static Span span(
      TraceId trace, long id, long parent, String service, SpanKind kind, long millis) {
    long start = (now - 300_000 + id * 10) * 1_000_000 + 123_000;
    return new Span(
        trace,
        id,
        parent,
        id == 1 ? "vendor=y" : "",
        0,
        "op-" + id,
        kind,
        start,
        start + millis * 1_000_000,
        id == 2 ? new SpanStatus(SpanStatus.Code.ERROR, "broken") : SpanStatus.UNSET,
        Attributes.empty(),
        List.of(),
        List.of(),
        Span.Dropped.NOTHING,
        Resource.of(
            Attributes.builder()
                .add("service.name", service)
                .add("k8s.pod.name", service + "-0")
                .add("cpus", AttributeValue.of(4L))
                .add("cluster", "dev-01")
                .add("environment", "dev")
                .build()),
        new Scope("lib", "1.2", Attributes.empty(), 0, ""));
  }

  private static JsonNode get(String url, String path) throws Exception {
    HttpResult answer = http.send(HttpRequest.get(URI.create(url + path)));
    assertEquals(200, answer.status(), () -> url + path + ": " + answer.text());
    return JSON.readTree(answer.text());
  }

  private static String window() {
    return "&start=" + (now - 3_600_000) * 1000 + "&end=" + (now + 60_000) * 1000;
  }

  private static String found(String more) {
    return "/api/v3/traces?query.start_time_min="
        + Asking.encoded(Instant.ofEpochMilli(now).minusSeconds(3600).toString())
        + "&query.start_time_max="
        + Asking.encoded(Instant.ofEpochMilli(now).plusSeconds(60).toString())
        + more;
  }

  private static List<String> questions() {
    List<String> paths = new ArrayList<>();
    paths.add("/api/services");
    paths.add("/api/services/shop/operations");
    paths.add("/api/dependencies?endTs=" + now + "&lookback=3600000");
    for (String more :
        List.of(
            "",
            "&operation=op-2",
            "&tag=text:a.*",
            "&tags=" + Asking.encoded("{\"order.code\":\"503\"}"),
            "&tags=" + Asking.encoded("{\"exception.type\":\"Oops\"}"),
            "&tags=" + Asking.encoded("{\"k8s.pod.name\":\"shop-0\"}"),
            "&tags=" + Asking.encoded("{\"error\":\"true\"}"),
            "&tags=" + Asking.encoded("{\"yes\":\"false\"}"),
            "&minDuration=150ms",
            "&maxDuration=250ms&minDuration=150ms",
            "&limit=1",
            "&limit=0")) {
      for (String service : List.of("shop", "bank", "nobody")) {
        paths.add("/api/traces?service=" + service + window() + more);
      }
    }
    paths.add("/api/traces?traceID=2122232425262728&traceID=77");
    for (Span span : all) {
      paths.add("/api/traces/" + span.traceId().hex());
      paths.add("/api/traces/" + span.traceId().hex() + "?raw=true");
      paths.add("/api/v3/traces/" + span.traceId().hex());
      paths.add("/api/v3/traces/" + span.traceId().hex() + "?raw_traces=true");
    }
    paths.add("/api/v3/services");
    paths.add(found("&query.service_name=shop"));
    paths.add(found("&query.service_name=bank&query.operation_name=op-4"));
    paths.add(found("&query.service_name=bank&query.duration_min=60ms"));
    return paths;
  }

  /// Asks both everything and says each difference.
  private static void assertAlike(String theirs, String ours) throws Exception {
    List<String> differences = new ArrayList<>();
    for (String path : questions()) {
      HttpResult wanted = http.send(HttpRequest.get(URI.create(theirs + path)));
      HttpResult got = http.send(HttpRequest.get(URI.create(ours + path)));
      boolean alike =
          wanted.status() == got.status()
              && plain(JSON.readTree(wanted.text())).equals(plain(JSON.readTree(got.text())));
      if (!alike) {
        differences.add(
            "%s\n  %d %s\n  %d %s"
                .formatted(path, wanted.status(), wanted.text(), got.status(), got.text()));
      }
    }
    assertEquals(List.of(), differences, () -> String.join("\n", differences));
  }

  /// One spelling of what has no order: lists sorted, processes put where they are named, spans of
  /// OTLP with their resource and scope.
  private static String plain(JsonNode answer) {
    List<String> spans = new ArrayList<>();
    for (JsonNode resource : answer.path("result").path("resourceSpans")) {
      for (JsonNode scope : resource.path("scopeSpans")) {
        for (JsonNode span : scope.path("spans")) {
          spans.add(
              sorted(span, Map.of())
                  + sorted(resource.path("resource"), Map.of())
                  + sorted(scope.path("scope"), Map.of()));
        }
      }
    }
    if (!spans.isEmpty()) {
      spans.sort(null);
      return String.join("\n", spans);
    }
    Map<String, JsonNode> processes = new TreeMap<>();
    for (JsonNode trace : answer.path("data")) {
      trace
          .path("processes")
          .properties()
          .forEach(
              each ->
                  processes.put(trace.path("traceID").asString() + each.getKey(), each.getValue()));
    }
    return sorted(answer, processes);
  }

  private static String sorted(JsonNode node, Map<String, JsonNode> processes) {
    if (node.isArray()) {
      List<String> all = new ArrayList<>();
      node.forEach(each -> all.add(sorted(each, processes)));
      all.sort(null);
      return all.toString();
    }
    if (!node.isObject()) {
      // warnings are in each one's own words
      return node.toString().replaceAll("^\"(invalid )?parent span .*", "a parent is missing");
    }
    Map<String, String> members = new TreeMap<>();
    for (Map.Entry<String, JsonNode> each : node.properties()) {
      switch (each.getKey()) {
        case "processes" -> {}
        case "processID" ->
            members.put(
                "process",
                String.valueOf(
                    processes.get(node.path("traceID").asString() + each.getValue().asString())));
        default -> members.put(each.getKey(), sorted(each.getValue(), processes));
      }
    }
    return members.toString();
  }

  @Test
  void weReadWhatJaegerWrote() throws Exception {
    for (Span span : all) {
      List<String> read =
          spans(oursOverTheirs, span.traceId()).stream().map(JaegerPeerTest::kept).toList();
      assertTrue(read.contains(kept(span)), () -> kept(span) + "\nis not in\n" + read);
    }
  }

  /// A span as this Jaeger's schema keeps it: of a link the ids only.
  private static String kept(Span span) {
    List<SpanLink> links =
        span.links().stream()
            .map(link -> new SpanLink(link.traceId(), link.spanId(), "", 0, Attributes.empty(), 0))
            .toList();
    return span.withLists(span.events(), links).toString();
  }

  private static List<Span> spans(String url, TraceId id) throws Exception {
    JsonNode answer = get(url, "/api/v3/traces/" + id.hex() + "?raw_traces=true");
    return OtlpTraces.readJson(answer.path("result").toString().getBytes(StandardCharsets.UTF_8))
        .spans();
  }

  @Test
  void bothSayTheSameOfWhatJaegerWrote() throws Exception {
    assertAlike(writing.http(), oursOverTheirs);
  }

  @Test
  void jaegerReadsWhatWeWroteAndBothSayTheSame() throws Exception {
    assertAlike(reading.http(), oursOverOurs);
    assertEquals(3, get(reading.http(), "/api/services").path("data").size());
    assertEquals(
        2,
        get(reading.http(), "/api/dependencies?endTs=" + now + "&lookback=3600000")
            .path("data")
            .size());
    for (Span span : all) {
      List<String> read =
          spans(reading.http(), span.traceId()).stream().map(JaegerPeerTest::kept).toList();
      assertTrue(read.contains(kept(span)), () -> kept(span) + "\nis not in\n" + read);
    }
  }

  @Test
  void jaegerWithUsAsItsStorageSaysWhatItSaysOverTheEngine() throws Exception {
    assertAlike(reading.http(), above.http());
  }

  @Test
  void refusalsHaveTheSameStatus() throws Exception {
    for (String path :
        List.of(
            "/api/traces/99",
            "/api/traces/xyz",
            "/api/v3/traces/99",
            "/api/v3/traces/xyz",
            "/api/v3/traces?query.service_name=shop",
            "/api/traces?service=shop&limit=x",
            "/api/traces?service=shop&minDuration=x",
            "/api/traces?service=shop&tag=x",
            "/api/dependencies?endTs=x",
            "/api/operations",
            found("&query.service_name=shop&query.duration_min=x"))) {
      HttpResult theirs = http.send(HttpRequest.get(URI.create(reading.http() + path)));
      HttpResult ours = http.send(HttpRequest.get(URI.create(oursOverOurs + path)));
      assertEquals(theirs.status(), ours.status(), () -> path + ": " + theirs.text() + ours.text());
    }
  }
}
