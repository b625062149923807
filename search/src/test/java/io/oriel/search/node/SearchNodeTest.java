package io.oriel.search.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.telemetry.Telemetry;
import io.oriel.search.Rest;
import io.oriel.search.SharedNode;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class SearchNodeTest {
  private final Rest rest = SharedNode.rest();

  @Test
  void looksLikeElasticsearchToThoseWhoLook() {
    Rest.Answer root = rest.get("/").expect(200);

    assertEquals("You Know, for Search", root.json().path("tagline").asString());
    assertEquals("9.5.0", root.json().path("version").path("number").asString());
    assertEquals("default", root.json().path("version").path("build_flavor").asString());
    assertEquals("Elasticsearch", root.headers().firstValue("X-Elastic-Product").orElse(""));
    assertEquals(200, rest.send("HEAD", "/", "").status());
    JsonNode license = rest.get("/_license?human=false").expect(200).json().path("license");
    assertEquals("active", license.path("status").asString());
    assertEquals("basic", license.path("type").asString());
    JsonNode xpack = rest.get("/_xpack").expect(200).json();
    assertTrue(xpack.path("features").path("ilm").path("enabled").asBoolean());
  }

  @Test
  void saysItsProductOnRefusalsToo() {
    assertProduct(rest.get("/nowhere/_doc/1").expect(404));
    assertProduct(rest.get("/_no_such_handler").expect(400));
    assertProduct(rest.send("DELETE", "/_cluster/health", "").expect(405));
    assertProduct(rest.send("POST", "/x/_doc", "hello", "text/nonsense").expect(406));
  }

  private static void assertProduct(Rest.Answer answer) {
    assertEquals("Elasticsearch", answer.headers().firstValue("X-Elastic-Product").orElse(""));
  }

  @Test
  void takesTheMediaTypesOfElasticsearchClients() {
    String vendor = "application/vnd.elasticsearch+json; compatible-with=9";
    rest.send("PUT", "/vendor/_doc/1?refresh=true", "{\"a\":1}", vendor).expect(201);
    String lines = "{\"index\":{\"_index\":\"vendor\",\"_id\":\"2\"}}\n{\"a\":2}\n";

    Rest.Answer bulk =
        rest.send(
            "POST",
            "/_bulk?refresh=true",
            lines,
            "application/vnd.elasticsearch+x-ndjson; compatible-with=8");

    assertEquals(201, bulk.expect(200).json().at("/items/0/index/status").asInt());
    assertEquals(2, rest.get("/vendor/_count").json().path("count").asInt());
    rest.delete("/vendor").expect(200);
  }

  @Test
  void opensPointsInTimeByBothNames() {
    rest.put("/pit/_doc/1?refresh=true", "{\"a\":1}").expect(201);

    String id = rest.post("/pit/_pit?keep_alive=1m", "").expect(200).json().path("id").asString();
    rest.put("/pit/_doc/2?refresh=true", "{\"a\":2}").expect(201);
    JsonNode found =
        rest.post("/_search", "{\"pit\":{\"id\":\"" + id + "\"},\"sort\":[\"_shard_doc\"]}")
            .expect(200)
            .json();
    JsonNode closed = rest.send("DELETE", "/_pit", "{\"id\":\"" + id + "\"}").expect(200).json();

    assertEquals(1, found.at("/hits/total/value").asInt());
    assertTrue(closed.path("succeeded").asBoolean());
    rest.delete("/pit").expect(200);
  }

  @Test
  void opensAnEmptyPointInTimeOverNamesThatNoIndexHas() {
    JsonNode opened = rest.post("/nobody-*/_pit?keep_alive=1m", "").expect(200).json();
    String id = opened.path("id").asString();
    JsonNode found =
        rest.post("/_search", "{\"pit\":{\"id\":\"" + id + "\"},\"sort\":[\"_shard_doc\"]}")
            .expect(200)
            .json();
    JsonNode closed = rest.send("DELETE", "/_pit", "{\"id\":\"" + id + "\"}").expect(200).json();

    assertEquals(0, opened.at("/_shards/total").asInt(-1));
    assertEquals(0, found.at("/hits/total/value").asInt(-1));
    assertTrue(closed.path("succeeded").asBoolean());
    assertEquals(0, closed.path("num_freed").asInt(-1));
  }

  @Test
  void acceptsTemplatesWithWhatOnlyElasticsearchHas() {
    String template =
        """
        {"index_patterns": ["beat-like-*"], "priority": 150, "allow_auto_create": true,
         "data_stream": {"hidden": false, "allow_custom_routing": false},
         "template": {
           "settings": {"index": {
             "lifecycle": {"name": "beat-like"},
             "mapping": {"total_fields": {"limit": 12500, "ignore_dynamic_beyond_limit": true}},
             "query": {"default_field": ["message", "fields.*"]},
             "max_docvalue_fields_search": 200, "refresh_interval": "5s", "number_of_shards": 1}},
           "mappings": {
             "_data_stream_timestamp": {"enabled": true},
             "_meta": {"beat": "filebeat", "version": "9.1.0"},
             "date_detection": false,
             "dynamic_templates": [
               {"labels": {"path_match": "labels.*", "match_mapping_type": "string",
                 "mapping": {"type": "keyword", "time_series_dimension": true}}}],
             "properties": {
               "@timestamp": {"type": "date"},
               "message": {"type": "match_only_text"},
               "agent": {"properties": {"version": {"type": "version"}}},
               "event": {"properties": {"original": {"type": "keyword", "index": false, "doc_values": false}}},
               "user_agent": {"properties": {"os": {"properties": {"full": {"type": "keyword",
                 "ignore_above": 1024, "fields": {"text": {"type": "match_only_text"}}}}}}},
               "process": {"properties": {"command_line": {"type": "wildcard", "ignore_above": 1024}}},
               "data_stream": {"properties": {"dataset": {"type": "constant_keyword"}}},
               "http": {"properties": {"score": {"type": "scaled_float", "scaling_factor": 1000}}},
               "labels": {"type": "object"},
               "kubernetes": {"properties": {"labels": {"type": "flattened", "ignore_above": 1024, "depth_limit": 5}}}
             }}}}
        """;
    rest.put("/_index_template/beat-like", template).expect(200);
    rest.put("/_data_stream/beat-like-9.1.0", "").expect(200);
    String line =
        "{\"create\":{}}\n"
            + "{\"@timestamp\":\"2026-01-02T03:04:05.123456789Z\",\"message\":\"hello"
            + " world\",\"agent\":{\"version\":\"9.1.0\"},\"data_stream\":{\"dataset\":\"generic\"},\"kubernetes\":{\"labels\":{\"app\":\"shop\",\"a.b/c\":\"d\"}}}\n";

    JsonNode bulk = rest.post("/beat-like-9.1.0/_bulk?refresh=true", line).expect(200).json();
    JsonNode hits =
        rest.post(
                "/beat-like-9.1.0/_search",
                "{\"query\":{\"term\":{\"kubernetes.labels.app\":\"shop\"}}}")
            .expect(200)
            .json();

    assertEquals(201, bulk.at("/items/0/create/status").asInt(), bulk::toString);
    assertEquals(1, hits.at("/hits/total/value").asInt());
    rest.delete("/_data_stream/beat-like-9.1.0").expect(200);
    rest.delete("/_index_template/beat-like").expect(200);
  }

  @Test
  void runsScriptsNestedQueriesAndJoins() {
    rest.put(
            "/spans",
            "{\"mappings\":{\"properties\":{\"startTime\":{\"type\":\"long\"},\"duration\":{\"type\":\"long\"},"
                + "\"tags\":{\"type\":\"nested\",\"properties\":{\"key\":{\"type\":\"keyword\"},\"value\":{\"type\":\"keyword\"}}}}}}")
        .expect(200);
    rest.put(
            "/spans/_doc/1?refresh=true",
            "{\"startTime\":5,\"duration\":7,\"tags\":[{\"key\":\"a\",\"value\":\"b\"}]}")
        .expect(201);

    JsonNode found =
        rest.post(
                "/spans/_search",
                "{\"query\":{\"nested\":{\"path\":\"tags\",\"query\":{\"bool\":{\"must\":[{\"match\":{\"tags.key\":\"a\"}},"
                    + "{\"regexp\":{\"tags.value\":\"b.*\"}}]}}}},\"aggs\":{\"end\":{\"max\":{\"script\":{\"lang\":\"painless\","
                    + "\"source\":\"doc['startTime'].value+doc['duration'].value\"}}}}}")
            .expect(200)
            .json();

    assertEquals(1, found.at("/hits/total/value").asInt());
    assertEquals(12.0, found.at("/aggregations/end/value").asDouble());
    rest.delete("/spans").expect(200);
  }

  @Test
  void tellsItsHealthAndItsMetrics() {
    PrometheusRegistry registry = new PrometheusRegistry();
    SharedNode.node().register(registry);

    Set<String> names =
        registry.scrape().stream()
            .map(MetricSnapshot::getMetadata)
            .map(metadata -> metadata.getPrometheusName())
            .collect(Collectors.toSet());

    assertEquals(new Health(true, ""), SharedNode.node().check());
    assertTrue(
        names.containsAll(
            Set.of(
                "elasticsearch_cluster_health_status",
                "elasticsearch_filesystem_data_available_bytes",
                "elasticsearch_indices_docs",
                "elasticsearch_jvm_memory_used_bytes",
                "oriel_search_lifecycle_errors",
                "oriel_search_largest_shard_bytes",
                "oriel_search_shards")),
        names::toString);
  }

  @Test
  void sharesTheProcessWithOurOwnServer() throws Exception {
    Routes routes = new Routes();
    routes.get("/hello", _ -> HttpAnswer.text(200, "hello\n"));
    Telemetry telemetry = new Telemetry("test_build_info", "1");
    try (HttpServer server =
            HttpServer.start(
                HttpServerConfig.on("127.0.0.1:0"),
                routes,
                new HttpServerMetrics("test", telemetry.registry()));
        HttpClient client = HttpClient.create(HttpClientConfig.standard(), "test")) {
      String ours =
          client
              .send(HttpRequest.get(URI.create("http://127.0.0.1:" + server.port() + "/hello")))
              .text();
      int engine = client.send(HttpRequest.get(SharedNode.node().uri())).status();

      assertEquals("hello\n", ours);
      assertEquals(200, engine);
    }
  }

  @Test
  void saysWhoHasTheDirectory(@TempDir Path data) throws Exception {
    try (SearchNode first = SearchNode.start(SearchNodeConfig.in(data), Clock.systemUTC())) {
      OrielException refused =
          assertThrows(
              OrielException.class,
              () -> SearchNode.start(SearchNodeConfig.in(data), Clock.systemUTC()));

      assertEquals(Kind.UNAVAILABLE, refused.kind());
      assertEquals(
          "cannot open "
              + data
              + ": another process has it locked, or it is not writable; stop that process or name"
              + " another directory",
          refused.reason());
      assertTrue(first.check().ok());
    }
  }

  @Test
  void refusesSettingsThatTheEngineDoesNotKnow(@TempDir Path data) {
    OrielException refused =
        assertThrows(
            OrielException.class,
            () ->
                SearchNode.start(
                    SearchNodeConfig.in(data)
                        .withSettings(java.util.Map.of("no.such.setting", "1")),
                    Clock.systemUTC()));

    assertEquals(Kind.INVALID, refused.kind());
    assertTrue(refused.reason().contains("unknown setting [no.such.setting]"), refused::reason);
  }
}
