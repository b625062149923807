package io.oriel.traces.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedOutputStream;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.TraceId;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.grpc.GrpcStream;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.testkit.Conformance;
import io.oriel.traces.assemble.Adjusters;
import io.oriel.traces.assemble.Spans;
import io.oriel.traces.assemble.Trace;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.query.SharedEngine;
import io.oriel.traces.query.SpanSources;
import io.oriel.wire.jaegerquery.JaegerServices;
import io.oriel.wire.otlp.OtlpTraces;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// All APIs over sockets of their own, with one small trace, one of 10,008 spans and one of 100,000
/// in the engine.
class TracesApiTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TraceId LARGE = new TraceId(1, 2);
  private static final TraceId HUGE = new TraceId(3, 4);
  private static final int LARGE_SPANS = 10_008;
  private static final int HUGE_SPANS = 100_000;
  private static final int MOST = 20_000;
  private static final Closer CLOSER = new Closer();
  private static final long NOW = Instant.parse("2026-11-27T12:00:00Z").toEpochMilli();
  private static HttpServer http;
  private static HttpClient client;
  private static GrpcClient grpc;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    SharedEngine engine = SharedEngine.get();
    long start = NOW - 60_000;
    engine.write(
        "api",
        TagFields.none(),
        List.of(
            Spans.of(1, 0, "front", start, start + 100),
            Spans.of(2, 1, "back", start + 10, start + 60)));
    engine.write("api", TagFields.none(), many(LARGE, LARGE_SPANS, start));
    engine.write("api", TagFields.none(), many(HUGE, HUGE_SPANS, start));
    Traces traces =
        new Traces(
            engine.client(),
            new SpanSources(List.of("api")),
            TagFields.none(),
            new Traces.Limits(new Adjusters(Duration.ZERO), MOST),
            InstantSource.fixed(Instant.ofEpochMilli(NOW)));
    Routes routes = new Routes();
    new TracesApi(traces).addTo(routes);
    new TracesApiV3(traces).addTo(routes);
    PrometheusRegistry registry = new PrometheusRegistry();
    http =
        CLOSER.push(
            HttpServer.start(
                HttpServerConfig.on("127.0.0.1:0"),
                routes,
                new HttpServerMetrics("test", registry)));
    client = CLOSER.push(HttpClient.create(HttpClientConfig.standard(), "test"));
    TraceServices services = new TraceServices(traces);
    List<io.oriel.runtime.grpc.GrpcService> all = new ArrayList<>(services.forTools());
    all.addAll(services.forStorage());
    GrpcServer server =
        CLOSER.push(
            GrpcServer.start(
                GrpcServerConfig.plain("127.0.0.1:0"),
                all,
                InstantSource.system(),
                GrpcMetrics.ofServer(registry)));
    grpc =
        CLOSER.push(
            GrpcClient.create(
                GrpcClientConfig.plain("127.0.0.1:" + server.port()),
                GrpcMetrics.ofClient(registry)));
  }

  /// Spans with equal starts and doubled ids, so that a page's edge falls between twins.
  private static List<Span> many(TraceId id, int count, long start) {
    List<Span> spans = new ArrayList<>();
    Span model = Spans.of(1, 0, "loop", start, start + 5);
    for (int i = 0; i < count; i++) {
      spans.add(
          new Span(
              id,
              i / 2 + 1,
              i < 2 ? 0 : 1,
              "",
              0,
              "op-" + i % 3 + (i % 2 == 0 ? "" : "-twin-" + i),
              model.kind(),
              model.startNanos() + i / 1000 * 1000L,
              model.endNanos(),
              model.status(),
              model.attributes(),
              List.of(),
              List.of(),
              model.dropped(),
              model.resource(),
              model.scope()));
    }
    return spans;
  }

  @AfterAll
  static void stop() {
    CLOSER.close();
  }

  private static HttpResult get(String path, String... params)
      throws IOException, InterruptedException {
    StringBuilder uri = new StringBuilder("http://127.0.0.1:" + http.port() + path);
    for (int i = 0; i < params.length; i += 2) {
      uri.append(i == 0 ? '?' : '&')
          .append(params[i])
          .append('=')
          .append(URLEncoder.encode(params[i + 1], StandardCharsets.UTF_8));
    }
    return client.send(HttpRequest.get(URI.create(uri.toString())));
  }

  private static JsonNode ok(String path, String... params)
      throws IOException, InterruptedException {
    HttpResult result = get(path, params);
    assertEquals(200, result.status(), result::text);
    return JSON.readTree(result.text());
  }

  @Test
  void v1FindsServicesOperationsAndTraces() throws Exception {
    JsonNode services = ok("/api/services");
    assertEquals("[\"back\",\"front\",\"loop\"]", services.path("data").toString());
    assertEquals(3, services.path("total").asInt());
    assertTrue(services.path("errors").isNull());
    assertEquals("[\"op-2\"]", ok("/api/services/back/operations").path("data").toString());
    assertEquals(
        "[{\"name\":\"op-2\",\"spanKind\":\"internal\"}]",
        ok("/api/operations", "service", "back").path("data").toString());

    JsonNode found =
        ok("/api/traces", "service", "back", "tag", "span.kind:intern.*", "minDuration", "40ms");
    assertEquals(1, found.path("data").size());
    JsonNode trace = found.path("data").path(0);
    assertEquals("0000000000000007", trace.path("traceID").asString());
    assertEquals(2, trace.path("spans").size());
    assertEquals("p2", trace.path("spans").path(1).path("processID").asString());
    assertEquals(0, ok("/api/traces", "tags", "{\"span.kind\":\"server\"}").path("data").size());
    JsonNode byId = ok("/api/traces", "traceID", "7", "traceID", "99");
    assertEquals(1, byId.path("data").size());
    assertEquals("0000000000000099", byId.path("errors").path(0).path("traceID").asString());
  }

  @Test
  void v3FindsTheSameInBothSpellings() throws Exception {
    for (List<String> names :
        List.of(
            List.of("serviceName", "startTimeMin", "startTimeMax", "searchDepth"),
            List.of("service_name", "start_time_min", "start_time_max", "num_traces"))) {
      String[] params = {
        "query." + names.get(0),
        "front",
        "query." + names.get(1),
        Instant.ofEpochMilli(NOW - 120_000).toString(),
        "query." + names.get(2),
        Instant.ofEpochMilli(NOW).toString(),
        "query." + names.get(3),
        "5"
      };
      JsonNode spans = ok("/api/v3/traces", params).path("result").path("resourceSpans");
      assertEquals(2, spans.size());
      JsonNode summaries = ok("/api/v3/trace-summaries", params).path("result").path("summaries");
      assertEquals(2, summaries.path(0).path("spanCount").asInt());
      assertEquals("front", summaries.path(0).path("rootServiceName").asString());
    }
    assertEquals("{\"services\":[\"back\",\"front\",\"loop\"]}", get("/api/v3/services").text());
    assertEquals(
        "{\"operations\":[{\"name\":\"op-2\",\"spanKind\":\"internal\"}]}",
        get("/api/v3/operations", "service", "back").text());
    assertEquals(
        2,
        ok("/api/v3/traces/AAAAAAAAAAAAAAAAAAAABw==").path("result").path("resourceSpans").size());
    JsonNode missing = JSON.readTree(get("/api/v3/traces/abc").text()).path("error");
    assertEquals(5, missing.path("grpcCode").asInt());
    assertEquals(404, missing.path("httpCode").asInt());
    assertEquals("Not Found", missing.path("httpStatus").asString());
  }

  private static HttpResult post(String path, String body)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.post(
            URI.create("http://127.0.0.1:" + http.port() + path),
            "application/json",
            body.getBytes(StandardCharsets.UTF_8)));
  }

  private static final String SLOW_BACK =
      """
      {"op":"and","args":[
        {"call":{"op":"eq","args":[{"field":{"name":"service","level":"resource"}},
                                   {"scalar":{"value":"back"}}]}},
        {"call":{"op":"gte","args":[{"field":{"name":"duration","level":"span"}},
                                    {"scalar":{"value":"MIN"}}]}}]}""";

  @Test
  void v3FiltersInTheQueryAndInABody() throws Exception {
    String from = Instant.ofEpochMilli(NOW - 120_000).toString();
    String to = Instant.ofEpochMilli(NOW).toString();
    for (String min : List.of("50ms", "51ms")) {
      String filter = SLOW_BACK.replace("MIN", min);
      HttpResult inQuery =
          get(
              "/api/v3/traces",
              "query.filter",
              filter,
              "query.startTimeMin",
              from,
              "query.startTimeMax",
              to);
      String body =
          "{\"query\":{\"filter\":%s,\"startTimeMin\":\"%s\",\"start_time_max\":\"%s\",\"searchDepth\":5}}"
              .formatted(filter, from, to);
      HttpResult inBody = post("/api/v3/traces", body);
      assertEquals(min.equals("50ms") ? 200 : 404, inQuery.status(), inQuery::text);
      assertEquals(inQuery.text(), inBody.text());
      assertEquals(
          min.equals("50ms") ? 1 : 0,
          JSON.readTree(post("/api/v3/trace-summaries", body).text())
              .path("result")
              .path("summaries")
              .size());
    }
    for (String[] each :
        new String[][] {
          {"{\"query\":{\"serviceNam\":\"a\"}}", "query: got \"serviceNam\""},
          {"[]", "body: want an object with query"},
          {"{", "body: not JSON"},
          {
            "{\"query\":{\"filter\":{\"op\":\"eq\",\"arg\":[]},\"startTimeMin\":\"%s\",\"startTimeMax\":\"%s\"}}"
                .formatted(from, to),
            "query.filter: got \"arg\", want args, op"
          },
          {
            "{\"query\":{\"filter\":%s,\"serviceName\":\"a\",\"startTimeMin\":\"%s\",\"startTimeMax\":\"%s\"}}"
                .formatted(SLOW_BACK.replace("MIN", "1s"), from, to),
            "filter: got a service"
          },
        }) {
      HttpResult refused = post("/api/v3/traces", each[0]);
      assertEquals(400, refused.status(), refused::text);
      String message = JSON.readTree(refused.text()).path("error").path("message").asString();
      assertTrue(message.contains(each[1]), message);
    }
  }

  @Test
  void transformsOtlpToTheUiModelAsUpstream() throws Exception {
    String in =
        Files.readString(Conformance.require("traces/jaeger/query-fixture/otlp2jaeger-in.json"));
    String out =
        Files.readString(Conformance.require("traces/jaeger/query-fixture/otlp2jaeger-out.json"));

    assertEquals(JSON.readTree(out), JSON.readTree(post("/api/transform", in).text()));
    assertEquals(400, post("/api/transform", "{\"resourceSpans\":7}").status());
    assertEquals(400, post("/api/transform", "no").status());
  }

  @Test
  void v3SaysSpansAsUpstreamsSnapshotsDo() throws Exception {
    JsonNode snapshot =
        JSON.readTree(
            Files.readString(Conformance.require("traces/jaeger/api-v3-snapshots/GetTrace.json")));
    List<Span> spans =
        OtlpTraces.readJson(snapshot.path("result").toString().getBytes(StandardCharsets.UTF_8))
            .spans();
    JsonWriter json = new JsonWriter();
    OtlpTraces.writeJson(spans, json);

    JsonNode written = JSON.readTree(json.toBytes());
    JsonNode span = written.at("/resourceSpans/0/scopeSpans/0/spans/0");
    JsonNode expected = snapshot.at("/result/resourceSpans/0/scopeSpans/0/spans/0");
    for (Map.Entry<String, JsonNode> member : expected.properties()) {
      assertEquals(member.getValue(), span.path(member.getKey()), member.getKey());
    }
  }

  @Test
  void largeTracesComeWholeAndHugeOnesRaw() throws Exception {
    JsonNode large = ok("/api/traces/" + LARGE.hex());
    assertEquals(LARGE_SPANS, large.path("data").path(0).path("spans").size());

    HttpResult refused = get("/api/traces/" + HUGE.hex());
    assertEquals(429, refused.status());
    assertTrue(refused.text().contains("want at most " + MOST), refused::text);
    long seen = 0;
    Set<String> names = new HashSet<>();
    for (JsonNode resource :
        ok("/api/v3/traces/" + HUGE.hex(), "raw_traces", "true")
            .path("result")
            .path("resourceSpans")) {
      for (JsonNode span : resource.path("scopeSpans").path(0).path("spans")) {
        seen++;
        names.add(span.path("spanId").asString() + span.path("name").asString());
      }
    }
    assertEquals(HUGE_SPANS, seen);
    assertEquals(HUGE_SPANS, names.size());
  }

  @Test
  void hostileParametersAreRefusedByName() throws Exception {
    String[][] all = {
      {"/api/traces", "limit", "0", "limit"},
      {"/api/traces", "limit", "99999999999", "limit"},
      {"/api/traces", "start", "yesterday", "start"},
      {"/api/traces", "end", "-1", "end"},
      {"/api/traces", "minDuration", "1.2.3s", "minDuration"},
      {"/api/traces", "minDuration", "9".repeat(300) + "h", "minDuration"},
      {"/api/traces", "tag", "novalue", "tag"},
      {"/api/traces", "tags", "{\"a\":1}", "tags"},
      {"/api/traces", "tags", "[".repeat(100_000), "tags"},
      {"/api/traces", "traceID", "xyz", "trace id"},
      {"/api/traces", "tag", "a:" + "(".repeat(50), ""},
      {"/api/traces", "tag", "a:" + "(a|b)*".repeat(2000), ""},
      {"/api/traces", "raw", "perhaps", "raw"},
      {"/api/traces/0", "a", "b", "trace id"},
      {"/api/traces/" + "f".repeat(33), "a", "b", "trace id"},
      {"/api/dependencies", "a", "b", "endTs"},
      {"/api/operations", "a", "b", "service"},
      {"/api/metrics/calls", "a", "b", "service"},
      {"/api/metrics/latencies", "service", "a", "quantile"},
      {"/api/v3/traces", "query.service_name", "a", "query.startTimeMin"},
      {"/api/v3/traces", "query.filter", "{\"op\":7}", "query.filter.op"},
      {"/api/v3/traces", "query.start_time_min", "now", "query.startTimeMin"},
    };
    for (String[] each : all) {
      HttpResult result = get(each[0], each[1], each[2]);
      assertEquals(400, result.status(), each[0] + " " + each[1] + ": " + result.text());
      assertTrue(result.text().contains(each[3]), result::text);
    }
    assertEquals(
        400,
        get("/api/metrics/calls", "service", "a", "step", "1", "lookback", "900000000").status());
    assertEquals(400, get("/api/traces", "minDuration", "2s", "maxDuration", "1s").status());
  }

  @Test
  void archivesAndFindsAgain() throws Exception {
    URI archive = URI.create("http://127.0.0.1:" + http.port() + "/api/archive/7");
    assertEquals(200, client.send(HttpRequest.of("POST", archive, new byte[0])).status());
    assertEquals(
        404,
        client
            .send(HttpRequest.of("POST", archive.resolve("/api/archive/99"), new byte[0]))
            .status());
    List<Span> read = new ArrayList<>();
    new io.oriel.traces.query.TraceStore(
            SharedEngine.get().client(),
            new SpanSources(List.of("api")),
            TagFields.none(),
            InstantSource.system())
        .streamArchived(Spans.TRACE, read::addAll);

    assertEquals(2, read.size());
    assertEquals(2, ok("/api/traces/7").path("data").path(0).path("spans").size());
  }

  @Test
  void tellsCriticalPathComparisonAndWhereLogsAre() throws Exception {
    assertEquals(3, ok("/api/traces/7/critical-path").path("data").size());
    assertEquals(2, ok("/api/traces/7/compare/7").path("data").size());
    JsonNode logs = ok("/api/traces/7/spans/0000000000000002/logs").path("data");
    assertEquals("back", logs.path("service").asString());
    assertEquals(
        Instant.ofEpochMilli(NOW - 60_000 + 10 - 5_000).toString(), logs.path("start").asString());
    assertEquals(
        "front", ok("/api/exemplars/7").path("data").path(0).path("rootServiceName").asString());
    assertEquals(404, get("/api/exemplars/99").status());
  }

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Fields fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    fields.write(out);
    out.flush();
    return bytes.toByteArray();
  }

  private static List<ByteBuffer> stream(String service, String method, byte[] request)
      throws InterruptedException {
    List<ByteBuffer> messages = new ArrayList<>();
    try (GrpcStream stream =
        grpc.stream(service, method, ByteBuffer.wrap(request), Duration.ofMinutes(1), Map.of())) {
      for (ByteBuffer each = stream.next(); each != null; each = stream.next()) {
        messages.add(each);
      }
    }
    return messages;
  }

  private static byte[] call(String service, String method, byte[] request)
      throws InterruptedException {
    ByteBuffer answer =
        grpc.call(service, method, ByteBuffer.wrap(request), Duration.ofMinutes(1), Map.of());
    byte[] bytes = new byte[answer.remaining()];
    answer.get(bytes);
    return bytes;
  }

  private static byte[] search() throws IOException {
    byte[] from = message(time -> time.writeInt64(1, NOW / 1000 - 120));
    byte[] to = message(time -> time.writeInt64(1, NOW / 1000));
    byte[] query =
        message(
            out -> {
              out.writeString(1, "front");
              out.writeByteArray(4, from);
              out.writeByteArray(5, to);
              out.writeInt32(8, 10);
            });
    return message(out -> out.writeByteArray(1, query));
  }

  @Test
  void grpcServesToolsAndStorageAlike() throws Exception {
    byte[] names =
        message(
            out -> {
              out.writeString(1, "back");
              out.writeString(1, "front");
              out.writeString(1, "loop");
            });
    for (String service :
        List.of(JaegerServices.QUERY_V3, JaegerServices.QUERY_V2, JaegerServices.TRACE_READER)) {
      assertEquals(
          new String(names, StandardCharsets.UTF_8),
          new String(
              call(service, JaegerServices.GET_SERVICES, new byte[0]), StandardCharsets.UTF_8));
      assertEquals(1, stream(service, JaegerServices.FIND_TRACES, search()).size(), service);
    }
    List<Span> v3 =
        OtlpTraces.read(
                stream(JaegerServices.QUERY_V3, JaegerServices.FIND_TRACES, search()).getFirst())
            .spans();
    assertEquals(List.of(1L, 2L), v3.stream().map(Span::spanId).toList());
    assertNotNull(call(JaegerServices.TRACE_READER, JaegerServices.FIND_TRACE_IDS, search()));
    assertEquals(
        1, stream(JaegerServices.QUERY_V3, JaegerServices.FIND_TRACE_SUMMARIES, search()).size());
    call(JaegerServices.CAPABILITIES, JaegerServices.GET_CAPABILITIES, new byte[0]);
    call(JaegerServices.DEPENDENCY_READER, JaegerServices.GET_DEPENDENCIES, new byte[0]);
    call(JaegerServices.METRICS, JaegerServices.GET_MIN_STEP, new byte[0]);
  }

  @Test
  void grpcFiltersToo() throws Exception {
    byte[] service =
        message(
            out -> {
              out.writeString(1, "service");
              out.writeString(2, "resource");
            });
    byte[] reference = message(out -> out.writeByteArray(2, service));
    for (String name : List.of("back", "nobody")) {
      byte[] value = message(out -> out.writeString(1, name));
      byte[] constant = message(out -> out.writeByteArray(4, value));
      byte[] filter =
          message(
              out -> {
                out.writeString(1, "eq");
                out.writeByteArray(2, reference);
                out.writeByteArray(2, constant);
              });
      byte[] from = message(time -> time.writeInt64(1, NOW / 1000 - 120));
      byte[] to = message(time -> time.writeInt64(1, NOW / 1000));
      for (int field : new int[] {9, 10}) {
        byte[] query =
            message(
                out -> {
                  out.writeByteArray(4, from);
                  out.writeByteArray(5, to);
                  out.writeByteArray(field, filter);
                });
        byte[] request = message(out -> out.writeByteArray(1, query));
        String protocol = field == 9 ? JaegerServices.TRACE_READER : JaegerServices.QUERY_V3;
        assertEquals(
            name.equals("back") ? 1 : 0,
            stream(protocol, JaegerServices.FIND_TRACES, request).size(),
            protocol + " " + name);
      }
    }
    byte[] told = call(JaegerServices.CAPABILITIES, JaegerServices.GET_CAPABILITIES, new byte[0]);
    assertTrue(new String(told, StandardCharsets.UTF_8).contains("not_in"));
  }

  @Test
  void theStorageStreamsAHugeTraceInPieces() throws Exception {
    byte[] id = ByteBuffer.allocate(16).putLong(HUGE.high()).putLong(HUGE.low()).array();
    byte[] params = message(out -> out.writeByteArray(1, id));
    byte[] request = message(out -> out.writeByteArray(1, params));
    long seen = 0;
    List<ByteBuffer> pieces =
        stream(JaegerServices.TRACE_READER, JaegerServices.GET_TRACES, request);
    for (ByteBuffer piece : pieces) {
      seen += OtlpTraces.read(piece).spans().size();
    }

    assertEquals(HUGE_SPANS, seen);
    assertEquals(HUGE_SPANS / 1000, pieces.size());
  }

  /// A Jaeger above us sends Go's zero time where nobody said one.
  @Test
  void yearOneIsNoBound() throws Exception {
    byte[] id = ByteBuffer.allocate(16).putLong(0).putLong(7).array();
    byte[] yearOne = message(time -> time.writeInt64(1, -62_135_596_800L));
    byte[] params =
        message(
            out -> {
              out.writeByteArray(1, id);
              out.writeByteArray(2, yearOne);
              out.writeByteArray(3, yearOne);
            });
    byte[] request = message(out -> out.writeByteArray(1, params));

    assertEquals(1, stream(JaegerServices.TRACE_READER, JaegerServices.GET_TRACES, request).size());
  }

  @Test
  void grpcRefusesNonsenseByKind() throws Exception {
    for (byte[] request : List.of(new byte[] {10, 127, 1}, new byte[0], new byte[] {10, 1, 'x'})) {
      OrielException refused =
          assertThrows(
              OrielException.class,
              () -> stream(JaegerServices.QUERY_V3, JaegerServices.GET_TRACE, request));
      assertEquals(Kind.INVALID, refused.kind());
    }
    OrielException missing =
        assertThrows(
            OrielException.class,
            () ->
                stream(
                    JaegerServices.QUERY_V3,
                    JaegerServices.GET_TRACE,
                    message(out -> out.writeString(1, "99"))));
    assertEquals(Kind.NOT_FOUND, missing.kind());
  }

  @Test
  void writesTheUiModelAsUpstream() throws Exception {
    JsonNode in =
        JSON.readTree(
            Files.readString(
                Conformance.require("traces/jaeger/query-fixture/otlp2jaeger-in.json")));
    List<Span> spans = OtlpTraces.readJson(in.toString().getBytes(StandardCharsets.UTF_8)).spans();
    JsonWriter json = new JsonWriter();
    new UiJson(json).trace(new Trace(spans.getFirst().traceId(), spans), List.of());

    JsonNode out =
        JSON.readTree(
            Files.readString(
                Conformance.require("traces/jaeger/query-fixture/otlp2jaeger-out.json")));
    assertEquals(out.path("data").path(0), JSON.readTree(json.toBytes()));
  }
}
