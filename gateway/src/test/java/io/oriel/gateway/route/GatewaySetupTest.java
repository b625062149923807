package io.oriel.gateway.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What shippers ask and set up before they send.
class GatewaySetupTest {
  @TempDir private Path directory;
  private GatewayRig rig;

  @BeforeEach
  void start() throws IOException {
    rig = new GatewayRig(directory);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void setUpCallsAreAnsweredAndChangeNothing() throws Exception {
    HttpResult root =
        rig.dev.send(
            HttpRequest.get(rig.uri("/"))
                .withHeader("user-agent", "Elastic-filebeat/9.2.1 (linux)"));
    HttpResult license = rig.dev.send(HttpRequest.get(rig.uri("/_license?human=false")));
    HttpResult policy = rig.dev.send(HttpRequest.get(rig.uri("/_ilm/policy/filebeat")));
    HttpResult put =
        rig.dev.send(
            HttpRequest.of(
                "PUT", rig.uri("/_index_template/logs"), "{}".getBytes(StandardCharsets.UTF_8)));
    HttpResult pipeline =
        rig.dev.send(
            HttpRequest.of(
                "PUT", rig.uri("/_ingest/pipeline/p"), "{}".getBytes(StandardCharsets.UTF_8)));
    HttpResult search = rig.dev.send(HttpRequest.get(rig.uri("/logs-dev-01-x/_search")));
    HttpResult first =
        rig.dev.send(HttpRequest.of("PUT", rig.uri("/%3Cx-%7Bnow%2Fd%7D-000001%3E"), new byte[0]));
    HttpResult index = rig.dev.send(HttpRequest.of("PUT", rig.uri("/logs-dev-01-x"), new byte[0]));

    assertTrue(root.text().contains("\"number\":\"9.2.1\""), root::text);
    assertTrue(root.text().contains("You Know, for Search"), root::text);
    assertTrue(
        rig.dev
            .send(HttpRequest.get(rig.uri("/")))
            .text()
            .contains(GatewayConfig.STANDARD_VERSION));
    assertTrue(license.text().contains("\"status\":\"active\""), license::text);
    assertTrue(policy.text().startsWith("{\"filebeat\":"), policy::text);
    assertEquals(
        "{\"x-000001\":{\"aliases\":{\"x\":{\"is_write_index\":true}}}}",
        rig.dev.send(HttpRequest.get(rig.uri("/_alias/x"))).text());
    assertEquals("{\"acknowledged\":true}", put.text());
    assertEquals(403, pipeline.status());
    assertEquals("{\"acknowledged\":true}", first.text());
    assertEquals(403, index.status());
    assertEquals(403, search.status());
    assertTrue(search.text().contains("is not for shippers"), search::text);
    assertEquals(0, rig.engine.requests.get());
    assertTrue(
        Files.readString(rig.directory.resolve("audit.log")).contains("PUT /_index_template/logs"));
  }

  private HttpResult call(String method, String path, String body) throws Exception {
    return rig.dev.send(
        HttpRequest.of(method, rig.uri(path), body.getBytes(StandardCharsets.UTF_8))
            .withHeader("content-type", "application/json"));
  }

  /// What a Filebeat 7.17 asks whose output says no more than where to (docs/compat.md), and what
  /// becomes of its lines.
  @Test
  void filebeat7SetsUpTheNameItHasByItself() throws Exception {
    String name = "filebeat-7.17.29";

    assertEquals(200, call("GET", "/_xpack", "").status());
    assertEquals(200, call("GET", "/_ilm/policy/filebeat", "").status());
    assertEquals(200, call("GET", "/_template/" + name, "").status());
    assertEquals(200, call("PUT", "/_index_template/" + name, "{}").status());
    assertTrue(call("GET", "/_alias/" + name, "").text().contains("\"is_write_index\":true"));
    HttpResult sent =
        call(
            "POST",
            "/_bulk",
            "{\"index\":{\"_index\":\"%s\",\"require_alias\":true}}\n{\"message\":\"x\"}\n"
                .formatted(name));

    assertTrue(sent.text().contains("\"errors\":false"), sent::text);
    assertTrue(
        rig.engine.documents.keySet().iterator().next().startsWith("logs-dev-01-filebeat/"),
        rig.engine.documents::toString);
    assertFalse(rig.engine.lastBody.contains("require_alias"), rig.engine.lastBody);
  }

  @Test
  void filebeat9SetsUpTheNameItHasByItself() throws Exception {
    String name = "filebeat-9.0.0";

    assertEquals(200, call("GET", "/_ilm/policy/filebeat", "").status());
    assertEquals(200, call("HEAD", "/_index_template/" + name, "").status());
    assertEquals(200, call("PUT", "/_index_template/" + name, "{}").status());
    assertTrue(call("GET", "/_data_stream/" + name, "").text().contains("\"" + name + "\""));
    assertEquals(200, call("PUT", "/_data_stream/" + name, "").status());
    HttpResult sent =
        call(
            "POST",
            "/_bulk?filter_path=errors,items.*.error,items.*.status",
            "{\"create\":{\"_index\":\"%s\"}}\n{\"message\":\"x\"}\n".formatted(name));

    assertTrue(sent.text().contains("\"errors\":false"), sent::text);
    assertTrue(
        rig.engine.documents.keySet().iterator().next().startsWith("logs-dev-01-filebeat/"),
        rig.engine.documents::toString);
  }

  /// What Logstash asks whose output has no data stream, before it sends.
  @Test
  void logstashSetsUpTheNameItHasByItself() throws Exception {
    assertEquals(200, call("HEAD", "/", "").status());
    assertEquals(200, call("GET", "/_license", "").status());
    assertEquals(200, call("HEAD", "/_index_template/ecs-logstash", "").status());
    assertEquals(200, call("GET", "/_ilm/policy/logstash-policy", "").status());
    assertEquals(200, call("HEAD", "/ecs-logstash", "").status());
    HttpResult sent =
        call(
            "POST",
            "/_bulk?filter_path=errors,items.*.error,items.*.status",
            "{\"index\":{\"_index\":\"ecs-logstash\"}}\n{\"message\":\"x\"}\n");

    assertTrue(sent.text().contains("\"errors\":false"), sent::text);
    assertTrue(
        rig.engine.documents.keySet().iterator().next().startsWith("logs-dev-01-logstash/"),
        rig.engine.documents::toString);
  }

  @Test
  void onlyIndicesThatAClientMayWriteToAreThere() throws Exception {
    assertEquals(
        "{\"logs-dev-01-x\":{\"aliases\":{},\"mappings\":{},\"settings\":{}}}",
        call("GET", "/logs-dev-01-x", "").text());
    assertEquals(404, call("GET", "/logs-prod-01-x", "").status());
    assertEquals(404, call("GET", "/*", "").status());
    assertEquals(403, call("GET", "/_cat", "").status());
    assertEquals(0, rig.engine.requests.get());
  }
}
