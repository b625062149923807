package io.oriel.gateway.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.wire.elastic.BulkItem;
import io.oriel.wire.elastic.BulkReply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bulks and documents: what goes on to the engine, and what their sender is told.
class GatewayBulkTest {
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
  void stampsWhatAClusterSendsAndAnswersAsTheEngine() throws Exception {
    HttpResult result =
        rig.bulk(
            rig.dev,
            GatewayRig.item(
                    "create",
                    "logs-dev-01-default",
                    "1",
                    "{\"message\":\"hi\",\"cluster\":\"prod-01\"}")
                + GatewayRig.item("index", "logs-dev-01-default", "2", "{}"));

    assertEquals(200, result.status());
    assertEquals("Elasticsearch", result.header("x-elastic-product"));
    assertFalse(BulkReply.parse(result.body()).hasErrors());
    assertEquals(
        "{\"cluster\":\"dev-01\",\"environment\":\"dev\",\"event.ingested\":\"1970-01-01T00:00:00Z\",\"message\":\"hi\"}",
        rig.engine.documents.get("logs-dev-01-default/1"));
    assertEquals(
        "{\"cluster\":\"dev-01\",\"environment\":\"dev\",\"event.ingested\":\"1970-01-01T00:00:00Z\"}",
        rig.engine.documents.get("logs-dev-01-default/2"));
  }

  @Test
  void refusesForeignIndicesItemByItemAndKeepsTheNeighbours() throws Exception {
    HttpResult result =
        rig.bulk(
            rig.dev,
            GatewayRig.item("create", "logs-prod-01-default", "1", "{\"n\":1}")
                + GatewayRig.item("create", "logs-dev-01-default", "2", "{\"n\":2}")
                + "{\"delete\":{\"_index\":\"logs-dev-01-default\",\"_id\":\"2\"}}\n"
                + GatewayRig.item("create", "logs-dev-01-default", "3", "{\"refuse\":429}")
                + GatewayRig.item("create", "logs-dev-01-default", "4", "{\"n\":4,//x\n")
                + GatewayRig.item("update", "logs-dev-01-default", "5", "{\"doc\":{}}")
                + GatewayRig.item("create", "", "6", "{}")
                + "{\"create\":{\"_index\":\"logs-dev-01-default\",\"pipeline\":\"p\"}}\n{}\n"
                + GatewayRig.item("create", "logs-dev-01-default", "2", "{}"));

    List<BulkItem> items = BulkReply.parse(result.body()).items();
    assertEquals(
        List.of(403, 201, 403, 429, 400, 403, 400, 403, 409),
        items.stream().map(BulkItem::status).toList());
    assertEquals(List.of("logs-dev-01-default/2"), List.copyOf(rig.engine.documents.keySet()));
    assertTrue(
        items.getFirst().errorReason().contains("may not write index [logs-prod-01-default]"));
    assertEquals(9, rig.counted("oriel_gateway_documents_received", "cluster", "dev-01"));
    assertEquals(9, rig.counted("oriel_gateway_documents", "cluster", "dev-01"));
    assertEquals(6, rig.counted("oriel_gateway_documents", "outcome", "refused"));
    assertEquals(1, rig.counted("oriel_gateway_refused", "reason", "foreign_index"));
    String audited = Files.readString(rig.directory.resolve("audit.log"));
    assertTrue(audited.contains("\"object\":\"logs-prod-01-default\""), audited);
  }

  @Test
  void addsToSharedIndicesButChangesNothingThere() throws Exception {
    String span = "{\"traceID\":\"a\"}";
    HttpClient prod = rig.client(rig.issue("prod-01-collect", "prod-01"), "prod-01-collect");

    assertEquals(
        200,
        rig.bulk(rig.dev, GatewayRig.item("index", "jaeger-span-2026-11-27", "x", span)).status());
    HttpResult again =
        rig.bulk(
            prod,
            GatewayRig.item("index", "jaeger-span-2026-11-27", "x", "{\"traceID\":\"forged\"}"));

    assertTrue(rig.engine.documents.toString().contains("\"dev-01\""));
    BulkItem item = BulkReply.parse(again.body()).items().getFirst();
    assertEquals(200, item.status());
    assertEquals("index", item.op().word());
    assertTrue(again.text().contains("\"noop\""));
    assertTrue(again.text().contains("\"errors\":false"));
  }

  @Test
  void malformedBulksAreRefusedWhole() throws Exception {
    for (String body :
        List.of("", "{\"index\":{}}", "{\"index\":{}}\n", "[]\n{}\n", "{\"paint\":{}}\n{}\n")) {
      HttpResult result = rig.bulk(rig.dev, body);

      assertEquals(400, result.status(), body);
      assertTrue(result.text().contains("\"status\":400"), result::text);
    }
    assertEquals(0, rig.engine.requests.get());
  }

  @Test
  void singleDocumentsAreBulksOfOne() throws Exception {
    byte[] document = "{\n \"message\": \"x\"\n}\n".getBytes(StandardCharsets.UTF_8);

    HttpResult made =
        rig.dev.send(HttpRequest.of("PUT", rig.uri("/logs-dev-01-x/_create/7"), document));
    HttpResult again =
        rig.dev.send(HttpRequest.of("PUT", rig.uri("/logs-dev-01-x/_create/7"), document));
    HttpResult foreign =
        rig.dev.send(HttpRequest.of("POST", rig.uri("/logs-prod-01-x/_doc"), document));

    assertEquals(201, made.status(), made::text);
    assertTrue(made.text().contains("\"_id\":\"7\""), made::text);
    assertEquals(409, again.status());
    assertEquals(403, foreign.status());
    assertEquals(1, rig.engine.documents.size());
  }
}
