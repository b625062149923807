package io.oriel.gateway.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.elastic.BulkItem;
import io.oriel.wire.elastic.BulkReply;
import io.oriel.wire.elastic.FilterPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Replies: the engine's own, as much of them and as packed as the client wants.
class GatewayReplyTest {
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

  /// The engine compresses its replies; some go on as they came, some are taken apart.
  @Test
  void repliesComeAsTheClientWantsThem() throws Exception {
    StringBuilder clean = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      clean.append(GatewayRig.item("create", "logs-dev-01-default", "c" + i, "{\"n\":1}"));
    }
    String mixed = clean + GatewayRig.item("create", "logs-prod-01-default", "x", "{}");

    for (String accepted : List.of("gzip", "deflate, GZIP;q=0.5", "gzip;q=0", "identity")) {
      rig.engine.documents.clear();
      HttpRequest request =
          HttpRequest.post(
                  rig.uri("/_bulk"),
                  "application/x-ndjson",
                  clean.toString().getBytes(StandardCharsets.UTF_8))
              .withHeader("accept-encoding", accepted)
              .withPackedAnswer();
      HttpResult result = rig.dev.send(request);
      String packing = result.header("content-encoding");

      boolean packed = accepted.toLowerCase(Locale.ROOT).matches(".*gzip(;q=0.5)?");
      assertEquals(packed ? "gzip" : "", packing, accepted);
      BulkReply reply =
          BulkReply.parse(Compression.ofWord(packing).decompress(result.body(), 1 << 20));
      assertEquals(60, reply.items().size());
      assertFalse(reply.hasErrors());

      HttpResult again = rig.bulk(rig.dev, mixed);
      List<BulkItem> items = BulkReply.parse(again.body()).items();
      assertEquals(61, items.size());
      assertEquals(BulkItem.Outcome.DUPLICATE, items.getFirst().outcome());
      assertEquals(403, items.getLast().status());
    }
  }

  /// A 400 would have the sender throw its documents away.
  @Test
  void aReplyThatCannotBeReadIsNotTheSendersFault() throws Exception {
    rig.engine.scrambles = true;

    HttpResult result =
        rig.bulk(rig.dev, GatewayRig.item("create", "logs-dev-01-default", "1", "{}"));

    assertEquals(503, result.status());
    assertTrue(result.text().contains("cannot be read"), result::text);
  }

  private String filtered(String path, String filter, String body) throws Exception {
    return rig.dev
        .send(
            HttpRequest.post(
                rig.uri(path + "?filter_path=" + filter),
                "application/x-ndjson",
                body.getBytes(StandardCharsets.UTF_8)))
        .text();
  }

  /// Where the engine can leave it out it does; where we need it, or the reply is ours, we do.
  @Test
  void tellsAsMuchAsFilterPathSays() throws Exception {
    String outcomes = "items.*.status,errors,items.*.error";
    String two =
        GatewayRig.item("create", "logs-dev-01-a", "1", "{}")
            + GatewayRig.item("create", "logs-dev-01-a", "2", "{}");

    assertEquals(
        "{\"errors\":false,\"items\":[{\"create\":{\"status\":201}},{\"create\":{\"status\":201}}]}",
        filtered("/_bulk", outcomes, two));
    assertEquals(Engine.OUTCOMES, rig.engine.lastWanted);
    assertEquals(
        "{\"errors\":true,\"items\":[{\"create\":{\"status\":409,\"error\":{\"type\":\"fake\",\"reason\":\"told to\"}}},{\"index\":{\"status\":201}}]}",
        filtered(
            "/_bulk",
            outcomes,
            GatewayRig.item("create", "logs-dev-01-a", "1", "{}")
                + GatewayRig.item("index", "logs-dev-01-a", "3", "{}")));
    assertEquals(
        "{\"items\":[{\"create\":{\"_id\":\"4\"}}]}",
        filtered("/_bulk", "items.*._id", GatewayRig.item("create", "logs-dev-01-a", "4", "{}")));
    assertEquals(FilterPath.ALL, rig.engine.lastWanted);
    assertEquals("{\"result\":\"created\"}", filtered("/logs-dev-01-a/_doc/5", "result", "{}"));
    assertEquals(
        "{\"version\":{\"number\":\"" + GatewayConfig.STANDARD_VERSION + "\"}}",
        rig.dev.send(HttpRequest.get(rig.uri("/?filter_path=**.number"))).text());
    assertTrue(filtered("/logs-prod-01-a/_doc/6", "result", "{}").contains("\"error\""));
    assertTrue(filtered("/_bulk", "a".repeat(5_000), two).contains("want at most 4096"));
    assertEquals(5, rig.engine.documents.size());
  }

  @Test
  void versionEightClientsGetTheirOwnMediaTypeBack() throws Exception {
    String type = "application/vnd.elasticsearch+json; compatible-with=8";

    HttpResult result = rig.dev.send(HttpRequest.get(rig.uri("/")).withHeader("accept", type));

    assertEquals(type, result.header("content-type"));
  }
}
