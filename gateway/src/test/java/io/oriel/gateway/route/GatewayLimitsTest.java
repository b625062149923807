package io.oriel.gateway.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.gateway.quota.ClusterQuota;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.wire.compress.Compression;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is too much: for one request, for a cluster, for the engine.
class GatewayLimitsTest {
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
  void bombsAndMonstersAreCutOff() throws Exception {
    rig.serveAnew(new GatewayConfig.Limits(1 << 20, 64 << 10, 8 << 20), ClusterQuota.NONE);
    String zeros =
        GatewayRig.item(
            "create", "logs-dev-01-default", "1", "{\"a\":\"" + "0".repeat(50_000) + "\"}");
    byte[] bomb = Compression.GZIP.compress(zeros.repeat(200).getBytes(StandardCharsets.UTF_8));
    HttpRequest request =
        HttpRequest.post(rig.uri("/_bulk"), "application/x-ndjson", bomb)
            .withHeader("content-encoding", "gzip");

    HttpResult tooMuch = rig.dev.send(request);
    HttpResult tooLong =
        rig.bulk(
            rig.dev,
            GatewayRig.item(
                "create", "logs-dev-01-default", "1", "{\"a\":\"" + "0".repeat(70_000) + "\"}"));
    HttpResult notGzip =
        rig.dev.send(
            HttpRequest.post(rig.uri("/_bulk"), "application/x-ndjson", new byte[100])
                .withHeader("content-encoding", "gzip"));
    HttpResult cut =
        rig.dev.send(
            HttpRequest.post(
                    rig.uri("/_bulk"), "application/x-ndjson", java.util.Arrays.copyOf(bomb, 500))
                .withHeader("content-encoding", "gzip"));

    assertTrue(bomb.length < 1 << 18);
    assertEquals(413, tooMuch.status(), tooMuch::text);
    assertTrue(tooMuch.text().contains("decompressed body size"), tooMuch::text);
    assertEquals(413, tooLong.status(), tooLong::text);
    assertEquals(400, notGzip.status(), notGzip::text);
    assertEquals(400, cut.status(), cut::text);
    assertEquals(0, rig.engine.requests.get());
    assertEquals(
        200,
        rig.dev
            .send(
                HttpRequest.post(
                        rig.uri("/_bulk"),
                        "application/x-ndjson",
                        Compression.GZIP.compress(zeros.getBytes(StandardCharsets.UTF_8)))
                    .withHeader("content-encoding", "gzip"))
            .status());
  }

  @Test
  void anEngineThatIsFullIsPassedOnAndThenLeftAlone() throws Exception {
    String body = GatewayRig.item("create", "logs-dev-01-default", "1", "{}");
    rig.engine.status.set(429);
    HttpResult first = rig.bulk(rig.dev, body);
    HttpResult second = rig.bulk(rig.dev, body);

    assertEquals(429, first.status());
    assertEquals(429, second.status());
    assertEquals("3", second.header("retry-after"));
    assertEquals(1, rig.engine.requests.get());
    assertEquals(1, rig.counted("oriel_gateway_throttled", "limit", "engine"));

    rig.engine.status.set(200);
    rig.nanos.addAndGet(Duration.ofSeconds(4).toNanos());
    assertEquals(200, rig.bulk(rig.dev, body).status());
  }

  @Test
  void anEngineThatIsGoneIsSaidToBe() throws Exception {
    rig.engine.close();

    HttpResult result =
        rig.bulk(rig.dev, GatewayRig.item("create", "logs-dev-01-default", "1", "{}"));

    assertEquals(503, result.status());
    assertFalse(result.header("retry-after").isEmpty());
    assertEquals(1, rig.counted("oriel_gateway_documents", "outcome", "unknown"));
  }

  @Test
  void aClusterOverItsQuotaIsHeldBackAndNobodyElse() throws Exception {
    rig.serveAnew(GatewayConfig.Limits.standard(), new ClusterQuota(0, 1, 0));
    String three = GatewayRig.item("create", "logs-dev-01-default", "1", "{}").repeat(3);
    HttpClient prod = rig.client(rig.issue("prod-01-ship", "prod-01"), "prod-01-ship");

    assertEquals(200, rig.bulk(rig.dev, three).status());
    HttpResult refused = rig.bulk(rig.dev, three);

    assertEquals(429, refused.status());
    assertTrue(refused.text().contains("documents_per_second: cluster dev-01"), refused::text);
    assertEquals(
        200, rig.bulk(prod, GatewayRig.item("create", "logs-prod-01-x", "1", "{}")).status());
    rig.nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    assertEquals(200, rig.bulk(rig.dev, three).status());
  }
}
