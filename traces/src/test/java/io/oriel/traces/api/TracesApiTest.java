package io.oriel.traces.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.trace.Span;
import io.oriel.model.trace.TraceId;
import io.oriel.runtime.http.HttpResult;
import io.oriel.testkit.Conformance;
import io.oriel.traces.assemble.Spans;
import io.oriel.traces.query.SharedEngine;
import io.oriel.wire.jaegerquery.JaegerServices;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Jaeger's HTTP API v1 and our own calls beside it, over a socket, with one small trace.
class TracesApiTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static ApiRig api;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    api = ApiRig.over("api-v1");
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @Test
  void findsServicesOperationsAndTraces() throws Exception {
    JsonNode services = api.ok("/api/services");
    assertEquals("[\"back\",\"front\"]", services.path("data").toString());
    assertEquals(2, services.path("total").asInt());
    assertTrue(services.path("errors").isNull());
    assertEquals("[\"op-2\"]", api.ok("/api/services/back/operations").path("data").toString());
    assertEquals(
        "[{\"name\":\"op-2\",\"spanKind\":\"internal\"}]",
        api.ok("/api/operations", "service", "back").path("data").toString());

    JsonNode found =
        api.ok(
            "/api/traces", "service", "back", "tag", "span.kind:intern.*", "minDuration", "40ms");
    assertEquals(1, found.path("data").size());
    JsonNode trace = found.path("data").path(0);
    assertEquals("0000000000000007", trace.path("traceID").asString());
    assertEquals(2, trace.path("spans").size());
    assertEquals("p2", trace.path("spans").path(1).path("processID").asString());
    assertEquals(
        0, api.ok("/api/traces", "tags", "{\"span.kind\":\"server\"}").path("data").size());
    JsonNode byId = api.ok("/api/traces", "traceID", "7", "traceID", "99");
    assertEquals(1, byId.path("data").size());
    assertEquals("0000000000000099", byId.path("errors").path(0).path("traceID").asString());
  }

  @Test
  void transformsOtlpToTheUiModelAsUpstream() throws Exception {
    String in =
        Files.readString(Conformance.require("traces/jaeger/query-fixture/otlp2jaeger-in.json"));
    String out =
        Files.readString(Conformance.require("traces/jaeger/query-fixture/otlp2jaeger-out.json"));

    assertEquals(JSON.readTree(out), JSON.readTree(api.post("/api/transform", in).text()));
    assertEquals(400, api.post("/api/transform", "{\"resourceSpans\":7}").status());
    assertEquals(400, api.post("/api/transform", "no").status());
  }

  @Test
  void hostileParametersAreRefusedByName() throws Exception {
    String[][] all = {
      {"/api/traces", "limit", "-1", "limit"},
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
      HttpResult result = api.get(each[0], each[1], each[2]);
      assertEquals(400, result.status(), each[0] + " " + each[1] + ": " + result.text());
      assertTrue(result.text().contains(each[3]), result::text);
    }
    assertEquals(
        400,
        api.get("/api/metrics/calls", "service", "a", "step", "1", "lookback", "900000000")
            .status());
    assertEquals(400, api.get("/api/traces", "minDuration", "2s", "maxDuration", "1s").status());
  }

  /// An archived trace is found after its indices have been deleted, over all APIs, and can be
  /// archived again.
  @Test
  void archivesAndFindsAgain() throws Exception {
    try (ApiRig archiving = ApiRig.over("api-archive")) {
      HttpResult archived = archiving.post("/api/archive/7", "");
      assertEquals(200, archived.status());
      assertEquals(
          "{\"data\":[],\"total\":0,\"limit\":0,\"offset\":0,\"errors\":[]}",
          archived.text().strip());
      assertEquals(404, archiving.post("/api/archive/99", "").status());
      assertEquals(400, archiving.post("/api/archive/0", "").status());
      assertEquals(
          2, archiving.ok("/api/traces/7").path("data").path(0).path("spans").size(), "once");

      SharedEngine.get().client().indices().delete(List.of("api-archive-jaeger-span-2026-11-27"));

      for (String raw : List.of("false", "true")) {
        JsonNode trace = archiving.ok("/api/traces/7", "raw", raw).path("data").path(0);
        assertEquals(2, trace.path("spans").size(), raw);
        JsonNode v3 = archiving.ok("/api/v3/traces/7", "raw_traces", raw).path("result");
        assertEquals(2, v3.path("resourceSpans").size(), raw);
        byte[] request =
            ApiRig.message(
                out -> {
                  out.writeString(1, "7");
                  out.writeBool(4, raw.equals("true"));
                });
        assertEquals(
            1, archiving.stream(JaegerServices.QUERY_V3, JaegerServices.GET_TRACE, request).size());
      }
      assertEquals(0, archiving.ok("/api/traces", "service", "back").path("data").size());
      assertEquals(200, archiving.post("/api/archive/7", "").status());
      assertEquals(2, archiving.ok("/api/traces/7").path("data").path(0).path("spans").size());
    }
  }

  @Test
  void limitsHowManyAreFound() throws Exception {
    try (ApiRig many = ApiRig.over("api-limit")) {
      List<Span> spans = new ArrayList<>();
      for (int i = 0; i < 120; i++) {
        spans.add(Spans.ofTrace(new TraceId(9, i + 1), ApiRig.NOW - 50_000 + i));
      }
      many.write(spans);
      for (String[] each :
          new String[][] {{"", "100"}, {"0", "100"}, {"1", "1"}, {"110", "110"}, {"500", "120"}}) {
        String[] params =
            each[0].isEmpty()
                ? new String[] {"service", "many"}
                : new String[] {"service", "many", "limit", each[0]};
        assertEquals(
            Integer.parseInt(each[1]),
            many.ok("/api/traces", params).path("data").size(),
            "limit " + each[0]);
      }
      JsonNode one = many.ok("/api/traces", "service", "many", "limit", "1").path("data").path(0);
      assertEquals(new TraceId(9, 120).hex(), one.path("traceID").asString(), "the newest");
    }
  }

  @Test
  void tellsCriticalPathComparisonAndWhereLogsAre() throws Exception {
    assertEquals(3, api.ok("/api/traces/7/critical-path").path("data").size());
    JsonNode logs = api.ok("/api/traces/7/spans/0000000000000002/logs").path("data");
    assertEquals("back", logs.path("service").asString());
    assertEquals(
        Instant.ofEpochMilli(ApiRig.NOW - 60_000 + 10 - 5_000).toString(),
        logs.path("start").asString());
    assertEquals(
        "front",
        api.ok("/api/exemplars/7").path("data").path(0).path("rootServiceName").asString());
    assertEquals(404, api.get("/api/exemplars/99").status());
  }

  /// Steps are told apart by the way that led to them; each says how often either trace has it.
  @Test
  void comparesTwoTraces() throws Exception {
    TraceId other = new TraceId(0, 8);
    long start = ApiRig.NOW - 40_000;
    Span front = Spans.of(1, 0, "front", start, start + 100);
    Span back = Spans.of(2, 1, "back", start + 10, start + 60);
    try (ApiRig comparing = ApiRig.over("api-compare")) {
      comparing.write(
          List.of(
              Spans.in(other, front, 11, 0),
              Spans.in(other, back, 12, 11),
              Spans.in(other, back, 13, 11),
              Spans.in(other, back, 14, 13)));

      assertEquals(
          "[{\"service\":\"front\",\"operation\":\"op-1\",\"parent\":-1,\"left\":1,\"right\":1},"
              + "{\"service\":\"back\",\"operation\":\"op-2\",\"parent\":0,\"left\":1,\"right\":2},"
              + "{\"service\":\"back\",\"operation\":\"op-2\",\"parent\":1,\"left\":0,\"right\":1}]",
          comparing.ok("/api/traces/7/compare/8").path("data").toString());
      for (JsonNode step : comparing.ok("/api/traces/8/compare/8").path("data")) {
        assertEquals(step.path("left"), step.path("right"));
      }
      assertEquals(404, comparing.get("/api/traces/7/compare/99").status());
      assertEquals(400, comparing.get("/api/traces/7/compare/x").status());
    }
  }
}
