package io.oriel.traces.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.TraceId;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.search.node.SearchNode;
import io.oriel.search.node.SearchNodeConfig;
import io.oriel.testkit.Conformance;
import io.oriel.traces.dependency.DependencyLink;
import io.oriel.traces.dependency.DependencyStore;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.spanmetrics.PerformanceQuery;
import io.oriel.traces.spanmetrics.ServicePerformance;
import io.oriel.traces.spanmetrics.ServiceSeries;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every request that upstream recorded of its client for search engines, sent to ours in the order
/// of a life: templates, indices, writing, reading. Where we ask the same ourselves, the answers
/// are the same.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RecordedRequestsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Closer CLOSER = new Closer();

  /** What the recordings ask about: 2020-01-02T03:04:05Z. */
  private static final long THEN = 1_577_934_245_000L;

  private static SearchNode node;
  private static SearchClient engine;
  private static HttpClient http;

  @BeforeAll
  static void start(@TempDir Path data) throws IOException, InterruptedException {
    node = CLOSER.push(SearchNode.start(SearchNodeConfig.in(data), InstantSource.system()));
    engine = CLOSER.push(SearchClient.create(SearchClientConfig.of(node.uri()), "test"));
    http = CLOSER.push(HttpClient.create(HttpClientConfig.standard(), "test"));
  }

  @AfterAll
  static void stop() {
    CLOSER.close();
  }

  /// Sends what a file has, one request after another, its indices without the recordings' prefix.
  private static List<HttpResult> replay(String file) throws IOException, InterruptedException {
    String recorded =
        Files.readString(Conformance.require("traces/jaeger/" + file + ".json"))
            .replace("test-jaeger", "jaeger");
    JsonNode all = JSON.readTree(recorded);
    List<HttpResult> results = new ArrayList<>();
    if (all.isArray()) {
      for (JsonNode one : all) {
        results.add(send(one));
      }
    } else {
      results.add(send(all));
    }
    return results;
  }

  private static HttpResult send(JsonNode request) throws IOException, InterruptedException {
    StringBuilder uri =
        new StringBuilder(node.uri().toString()).append(request.path("path").asString());
    char next = '?';
    for (Map.Entry<String, JsonNode> param : request.path("query").properties()) {
      for (JsonNode value : param.getValue()) {
        uri.append(next).append(param.getKey()).append('=').append(value.asString());
        next = '&';
      }
    }
    StringBuilder body = new StringBuilder();
    if (request.has("body")) {
      body.append(request.path("body"));
    }
    for (JsonNode line : request.path("ndjson")) {
      body.append(line).append('\n');
    }
    return http.send(
        HttpRequest.of(
                request.path("method").asString(),
                URI.create(uri.toString()),
                body.toString().getBytes(StandardCharsets.UTF_8))
            .withHeader(
                "content-type",
                request.has("ndjson") ? "application/x-ndjson" : "application/json"));
  }

  private static JsonNode ok(String file) throws IOException, InterruptedException {
    HttpResult last = null;
    for (HttpResult each : replay(file)) {
      assertEquals(200, each.status(), () -> file + ": " + each.text());
      last = each;
    }
    assertTrue(last != null, file);
    return last.text().isEmpty() ? JSON.createObjectNode() : JSON.readTree(last.text());
  }

  private static JsonNode written(String file) throws IOException, InterruptedException {
    JsonNode answer = ok(file);
    assertEquals(false, answer.path("errors").asBoolean(true), answer::toString);
    engine.indices().refresh(List.of("*"));
    return answer;
  }

  /// The node says it is an Elasticsearch, so a Jaeger sends it the templates for one; those for an
  /// OpenSearch name the alias by a setting of its plugin for lifecycles.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sampling.os1-3",
        "service.os1-3",
        "span.os1-3",
        "dependencies.es8-9",
        "service.es8-9",
        "span.es8-9"
      })
  @Order(1)
  void takesTemplatesWithALifecycle(String name) throws Exception {
    assertTrue(
        ok("es-client-requests/create_template/" + name).path("acknowledged").asBoolean(), name);
  }

  @Test
  @Order(2)
  void makesIndicesAndAliases() throws Exception {
    assertEquals(404, replay("es-client-requests/index_exists").getFirst().status());
    assertEquals(404, replay("es-client-requests/ilm_exists.es7-9").getFirst().status());
    assertTrue(ok("es-client-requests/create_index").path("acknowledged").asBoolean());
    assertTrue(ok("es-client-requests/create_alias").path("acknowledged").asBoolean());
    ok("es-client-requests/alias_exists");

    JsonNode indices = ok("es-client-requests/get_jaeger_indices").path("jaeger-span-000001");
    assertTrue(
        indices.path("aliases").path("jaeger-span-write").path("is_write_index").asBoolean());
    assertTrue(
        indices.path("settings").has("index.creation_date"), "settings are flat: " + indices);
    assertEquals(false, ok("es-client-requests/rollover").path("rolled_over").asBoolean(true));
  }

  @Test
  @Order(3)
  void writesDocuments() throws Exception {
    JsonNode span = written("es-queries/write_span").path("items").path(0).path("index");
    assertEquals("1234567890abcdef_abcdef1234567890_e2a9c552fe5e7be7", span.path("_id").asString());
    assertEquals("created", span.path("result").asString());
    assertEquals(
        "updated",
        written("es-queries/write_span")
            .path("items")
            .path(0)
            .path("index")
            .path("result")
            .asString(),
        "a span sent again is no second one");
    written("es-client-requests/sync_bulk_write");
    written("es-client-requests/sync_bulk_chunk_split");
    written("es-sampling/write_throughput");
    written("es-dependencies/write_dependencies");
  }

  /// A span as the recorded searches look for.
  private static void put(String id, String tags, long at, long duration) throws Exception {
    String document =
        """
        {"traceID":"%s","spanID":"0000000000000009","operationName":"test-operation","startTime":%d,
        "startTimeMillis":%d,"duration":%d,"references":null,"logs":null,%s,
        "process":{"serviceName":"test-service","tags":null}}"""
            .formatted(id, at * 1000, at, duration, tags);
    HttpResult sent =
        http.send(
            HttpRequest.post(
                URI.create(node.uri() + "/jaeger-span-write-000001/_doc?refresh=true"),
                "application/json",
                document.getBytes(StandardCharsets.UTF_8)));
    assertEquals(201, sent.status(), sent::text);
  }

  private static TraceStore ours(TagFields fields) {
    return new TraceStore(engine, SpanSources.plain(), fields, InstantSource.system());
  }

  @Test
  @Order(4)
  void findsTracesAndWeFindTheSame() throws Exception {
    put(
        "00000000000000000000000000000aaa",
        "\"tags\":[{\"key\":\"http.status_code\",\"type\":\"int64\",\"value\":200}]",
        THEN + 1000,
        2_000_000);
    put(
        "00000000000000000000000000000bbb",
        "\"tags\":[{\"key\":\"http.status_code\",\"type\":\"int64\",\"value\":500}]",
        THEN + 1000,
        2_000_000);
    put(
        "00000000000000000000000000000ccc",
        "\"tags\":[{\"key\":\"http.status_code\",\"type\":\"int64\",\"value\":200}]",
        THEN + 1000,
        999_999);

    JsonNode buckets =
        ok("es-queries/find_trace_ids").path("aggregations").path("traceIDs").path("buckets");
    assertEquals(1, buckets.size(), buckets::toString);
    assertEquals("00000000000000000000000000000aaa", buckets.path(0).path("key").asString());
    List<FoundTrace> found =
        ours(TagFields.none())
            .find(
                new TraceQuery(
                    "test-service",
                    "test-operation",
                    Map.of("http.status_code", "200"),
                    new TimeWindow((THEN - 3_600_000) * 1000, (THEN + 3_600_000) * 1000),
                    new TraceQuery.Took(1_000_000, 60_000_000),
                    20));
    assertEquals(List.of(new TraceId(0, 0xaaa)), found.stream().map(FoundTrace::id).toList());

    JsonNode trace = ok("es-queries/get_traces").path("responses").path(0).path("hits");
    assertEquals(1, trace.path("total").path("value").asInt());
    List<String> names = new ArrayList<>();
    ours(TagFields.none())
        .read(
            List.of(new FoundTrace(new TraceId(0, 0x1234567890abcdefL), TimeWindow.ALWAYS)),
            10,
            each -> each.spans().forEach(span -> names.add(span.name())));
    assertEquals(
        List.of(trace.path("hits").path(0).path("_source").path("operationName").asString()),
        names);
  }

  @Test
  @Order(5)
  void findsServicesAndDependencies() throws Exception {
    assertEquals(
        0,
        ok("es-queries/get_services")
            .path("aggregations")
            .path("distinct_services")
            .path("buckets")
            .size());
    assertEquals(
        List.of(new DependencyLink("svcA", "svcB", 1)),
        new DependencyStore(engine, List.of("jaeger-dependencies-*"))
            .read(Instant.ofEpochMilli(THEN - 1), Instant.ofEpochMilli(THEN)));
    List<HttpResult> probabilities = replay("es-sampling/get_latest_probabilities");
    assertTrue(probabilities.getLast().status() == 200, () -> probabilities.getLast().text());
  }

  @Test
  @Order(6)
  void countsAndMeasuresServicesAndWeDoTheSame() throws Exception {
    put(
        "00000000000000000000000000000ddd",
        "\"tags\":null,\"tag\":{\"span@kind\":\"server\",\"error\":true}",
        THEN - 1000,
        3_000_000);
    put(
        "00000000000000000000000000000eee",
        "\"tags\":null,\"tag\":{\"span@kind\":\"server\"}",
        THEN - 1000,
        9);

    JsonNode latencies = last(ok("spm-es/get_latencies"));
    assertEquals(2, latencies.path("doc_count").asInt());
    List<HttpResult> rates = replay("spm-es/get_error_rates");
    assertEquals(
        1,
        last(JSON.readTree(rates.getFirst().text()))
            .path("cumulative_requests")
            .path("value")
            .asInt());
    assertEquals(
        2,
        last(JSON.readTree(rates.getLast().text()))
            .path("cumulative_requests")
            .path("value")
            .asInt());

    ServicePerformance ours =
        new ServicePerformance(engine, List.of("jaeger-span-*"), TagFields.everything());
    PerformanceQuery wanted =
        new PerformanceQuery(
            List.of("test-service"),
            List.of(SpanKind.SERVER),
            PerformanceQuery.Grouping.SERVICE,
            new PerformanceQuery.Steps(
                THEN, Duration.ofHours(1).toMillis(), 60_000, Duration.ofMinutes(10).toMillis()));
    assertEquals(
        latencies.path("percentiles_of_bucket").path("values").path("95.0").asDouble() / 1000,
        value(ours.latencies(wanted, 0.95)),
        1e-6);
    assertEquals(0.5, value(ours.errorRates(wanted)), 1e-9);
    assertEquals(2 / 600.0, value(ours.callRates(wanted)), 1e-9);
  }

  /// The step that ends at the time asked about.
  private static double value(List<ServiceSeries> series) {
    return series.getFirst().points().getLast().value();
  }

  private static JsonNode last(JsonNode answer) {
    JsonNode buckets = answer.path("aggregations").path("results_buckets").path("buckets");
    assertTrue(buckets.size() > 60, answer::toString);
    return buckets.path(buckets.size() - 1);
  }
}
