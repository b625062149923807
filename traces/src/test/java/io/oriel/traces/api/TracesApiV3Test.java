package io.oriel.traces.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Span;
import io.oriel.runtime.http.HttpResult;
import io.oriel.testkit.Conformance;
import io.oriel.wire.otlp.OtlpTraces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Jaeger's HTTP API v3 over a socket, with one small trace.
class TracesApiV3Test {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static ApiRig api;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    api = ApiRig.over("api-v3");
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @Test
  void findsTheSameInBothSpellings() throws Exception {
    for (List<String> names :
        List.of(
            List.of("serviceName", "startTimeMin", "startTimeMax", "searchDepth"),
            List.of("service_name", "start_time_min", "start_time_max", "num_traces"))) {
      String[] params = {
        "query." + names.get(0),
        "front",
        "query." + names.get(1),
        Instant.ofEpochMilli(ApiRig.NOW - 120_000).toString(),
        "query." + names.get(2),
        Instant.ofEpochMilli(ApiRig.NOW).toString(),
        "query." + names.get(3),
        "5"
      };
      JsonNode spans = api.ok("/api/v3/traces", params).path("result").path("resourceSpans");
      assertEquals(2, spans.size());
      JsonNode summaries =
          api.ok("/api/v3/trace-summaries", params).path("result").path("summaries");
      assertEquals(2, summaries.path(0).path("spanCount").asInt());
      assertEquals("front", summaries.path(0).path("rootServiceName").asString());
    }
    assertEquals("{\"services\":[\"back\",\"front\"]}", api.get("/api/v3/services").text());
    assertEquals(
        "{\"operations\":[{\"name\":\"op-2\",\"spanKind\":\"internal\"}]}",
        api.get("/api/v3/operations", "service", "back").text());
    assertEquals(
        2,
        api.ok("/api/v3/traces/AAAAAAAAAAAAAAAAAAAABw==")
            .path("result")
            .path("resourceSpans")
            .size());
    JsonNode missing = JSON.readTree(api.get("/api/v3/traces/abc").text()).path("error");
    assertEquals(5, missing.path("grpcCode").asInt());
    assertEquals(404, missing.path("httpCode").asInt());
    assertEquals("Not Found", missing.path("httpStatus").asString());
  }

  private static final String SLOW_BACK =
      """
      {"op":"and","args":[
        {"call":{"op":"eq","args":[{"field":{"name":"service","level":"resource"}},
                                   {"scalar":{"value":"back"}}]}},
        {"call":{"op":"gte","args":[{"field":{"name":"duration","level":"span"}},
                                    {"scalar":{"value":"MIN"}}]}}]}""";

  @Test
  void filtersInTheQueryAndInABody() throws Exception {
    String from = Instant.ofEpochMilli(ApiRig.NOW - 120_000).toString();
    String to = Instant.ofEpochMilli(ApiRig.NOW).toString();
    for (String min : List.of("50ms", "51ms")) {
      String filter = SLOW_BACK.replace("MIN", min);
      HttpResult inQuery =
          api.get(
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
      HttpResult inBody = api.post("/api/v3/traces", body);
      assertEquals(min.equals("50ms") ? 200 : 404, inQuery.status(), inQuery::text);
      assertEquals(inQuery.text(), inBody.text());
      assertEquals(
          min.equals("50ms") ? 1 : 0,
          JSON.readTree(api.post("/api/v3/trace-summaries", body).text())
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
      HttpResult refused = api.post("/api/v3/traces", each[0]);
      assertEquals(400, refused.status(), refused::text);
      String message = JSON.readTree(refused.text()).path("error").path("message").asString();
      assertTrue(message.contains(each[1]), message);
    }
  }

  private static JsonNode snapshot(String name) throws IOException {
    return JSON.readTree(
        Files.readString(Conformance.require("traces/jaeger/api-v3-snapshots/" + name + ".json")));
  }

  /// The snapshots' own span goes through the engine. Theirs has no service, which Jaeger's schema
  /// cannot say, so ours gets the one that the third snapshot names.
  @Test
  void answersAsUpstreamsSnapshots() throws Exception {
    byte[] result = snapshot("GetTrace").path("result").toString().getBytes(StandardCharsets.UTF_8);
    Span span = OtlpTraces.readJson(result).spans().getFirst();
    Resource foo = Resource.of(Attributes.of("service.name", AttributeValue.of("foo")));
    String resource =
        "{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"foo\"}}]}";
    try (ApiRig snapshots = ApiRig.empty("api-snapshots")) {
      snapshots.write(List.of(span.withResource(foo)));

      assertEquals(snapshot("GetServices"), snapshots.ok("/api/v3/services"));
      for (JsonNode each :
          List.of(
              snapshots.ok("/api/v3/traces/1"),
              snapshots.ok("/api/v3/traces/1", "rawTraces", "1"))) {
        assertEquals(withResource("GetTrace", resource), each);
      }
      assertEquals(
          withResource("FindTraces", resource),
          snapshots.ok(
              "/api/v3/traces",
              "query.serviceName",
              "foo",
              "query.startTimeMin",
              "1970-01-01T00:00:00Z",
              "query.startTimeMax",
              "1970-01-02T00:00:00Z"));
    }
  }

  private static JsonNode withResource(String snapshot, String resource) throws IOException {
    JsonNode whole = snapshot(snapshot);
    ObjectNode spans = (ObjectNode) whole.at("/result/resourceSpans/0");
    spans.set("resource", JSON.readTree(resource));
    return whole;
  }

  /// Without an engine between, to the letter.
  @Test
  void writesSpansAsUpstreamsSnapshots() throws Exception {
    for (String name : List.of("GetTrace", "FindTraces")) {
      JsonNode result = snapshot(name).path("result");
      JsonWriter json = new JsonWriter();
      OtlpTraces.writeJson(
          OtlpTraces.readJson(result.toString().getBytes(StandardCharsets.UTF_8)).spans(), json);

      assertEquals(result, JSON.readTree(json.toBytes()), name);
    }
  }
}
