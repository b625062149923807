package io.oriel.gateway.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.gateway.audit.AuditLog;
import io.oriel.gateway.pki.CertificateAuthority;
import io.oriel.gateway.pki.CertificateWish;
import io.oriel.gateway.pki.Pki;
import io.oriel.gateway.pki.Trust;
import io.oriel.gateway.quota.ClusterQuota;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.WebConfig;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.elastic.BulkItem;
import io.oriel.wire.elastic.BulkReply;
import io.oriel.wire.elastic.FilterPath;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The gateway with real certificates before an engine that is a map.
class GatewayTest {
  @TempDir private Path directory;
  private final Closer closer = new Closer();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final AtomicLong nanos = new AtomicLong(1);
  private CertificateAuthority authority;
  private FakeEngine engine;
  private HttpServer server;
  private HttpClient dev;

  @BeforeEach
  void start() throws IOException {
    Pki pki = Pki.create(directory.resolve("pki"), InstantSource.system(), new SecureRandom());
    authority = pki.authority(Trust.LOGS_TRACES);
    authority.issue(wish("gateway", "ops-01"));
    authority.issue(wish("dev-01-ship", "dev-01"));
    engine = closer.push(new FakeEngine());
    serve(GatewayConfig.Limits.standard(), ClusterQuota.NONE);
    dev = client(authority, "dev-01-ship");
  }

  private void serve(GatewayConfig.Limits limits, ClusterQuota quota) throws IOException {
    GatewayConfig plain = GatewayConfig.to(engine.uri());
    GatewayConfig config =
        new GatewayConfig(
            plain.engines(),
            plain.engineClient(),
            Map.of(
                "dev-01", new GatewayConfig.Cluster("dev", quota),
                "prod-01", new GatewayConfig.Cluster("prod", ClusterQuota.NONE)),
            ClusterQuota.NONE,
            List.of(),
            List.of(),
            GatewayConfig.STANDARD_VERSION,
            limits);
    AuditLog audit =
        closer.push(AuditLog.open(directory.resolve("audit.log"), 1 << 20, InstantSource.system()));
    Gateway gateway =
        closer.push(
            Gateway.create(
                config,
                new Gateway.Surroundings(
                    audit,
                    registry,
                    InstantSource.fixed(Instant.EPOCH),
                    nanos::get,
                    new SplittableRandom(1))));
    HttpServerConfig open = HttpServerConfig.on("127.0.0.1:0");
    server =
        closer.push(
            HttpServer.start(
                new HttpServerConfig(
                    open.listenAddress(),
                    "",
                    open.readTimeout(),
                    open.maxConnections(),
                    limits.bodyBytes(),
                    open.corsOrigin(),
                    new WebConfig(
                        Optional.of(
                            new WebConfig.Tls(
                                tls(authority, "gateway"),
                                WebConfig.ClientAuth.REQUIRED,
                                Optional.of(authority.revocationsFile()))),
                        Map.of(),
                        Map.of())),
                gateway.routes(),
                new HttpServerMetrics("oriel_gateway", registry)));
  }

  private void serveAnew(GatewayConfig.Limits limits, ClusterQuota quota) throws IOException {
    registry.clear();
    serve(limits, quota);
  }

  @AfterEach
  void stop() {
    closer.close();
  }

  private static CertificateWish wish(String name, String cluster) {
    return new CertificateWish(
        name, cluster, List.of("localhost", "127.0.0.1"), Duration.ofDays(1));
  }

  private TlsConfig tls(CertificateAuthority own, String name) {
    return new TlsConfig(
        "",
        authority.rootFile().toString(),
        "",
        name.isEmpty() ? "" : own.certificateFile(name).toString(),
        Secret.none(),
        name.isEmpty() ? "" : own.keyFile(name).toString(),
        "",
        false,
        TlsVersion.TLS13,
        TlsVersion.TLS13);
  }

  private HttpClient client(CertificateAuthority own, String name) throws IOException {
    HttpClientConfig standard = HttpClientConfig.standard();
    return closer.push(
        HttpClient.create(
            new HttpClientConfig(
                standard.basicAuth(),
                standard.authorization(),
                standard.oauth2(),
                tls(own, name),
                standard.proxy(),
                false,
                true,
                Map.of(),
                Map.of()),
            "test"));
  }

  private URI uri(String path) {
    return URI.create("https://localhost:" + server.port() + path);
  }

  private HttpResult bulk(HttpClient client, String body) throws Exception {
    return client.send(
        HttpRequest.post(
            uri("/_bulk"), "application/x-ndjson", body.getBytes(StandardCharsets.UTF_8)));
  }

  private double counted(String name, String label, String value) {
    return registry.scrape(name::equals).stream()
        .flatMap(snapshot -> ((CounterSnapshot) snapshot).getDataPoints().stream())
        .filter(point -> label.isEmpty() || value.equals(point.getLabels().get(label)))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  private static String item(String op, String index, String id, String source) {
    return "{\"%s\":{\"_index\":\"%s\",\"_id\":\"%s\"}}\n%s\n".formatted(op, index, id, source);
  }

  @Test
  void stampsWhatAClusterSendsAndAnswersAsTheEngine() throws Exception {
    HttpResult result =
        bulk(
            dev,
            item(
                    "create",
                    "logs-dev-01-default",
                    "1",
                    "{\"message\":\"hi\",\"cluster\":\"prod-01\"}")
                + item("index", "logs-dev-01-default", "2", "{}"));

    assertEquals(200, result.status());
    assertEquals("Elasticsearch", result.header("x-elastic-product"));
    assertFalse(BulkReply.parse(result.body()).hasErrors());
    assertEquals(
        "{\"cluster\":\"dev-01\",\"environment\":\"dev\",\"event.ingested\":\"1970-01-01T00:00:00Z\",\"message\":\"hi\"}",
        engine.documents.get("logs-dev-01-default/1"));
    assertEquals(
        "{\"cluster\":\"dev-01\",\"environment\":\"dev\",\"event.ingested\":\"1970-01-01T00:00:00Z\"}",
        engine.documents.get("logs-dev-01-default/2"));
  }

  @Test
  void refusesForeignIndicesItemByItemAndKeepsTheNeighbours() throws Exception {
    HttpResult result =
        bulk(
            dev,
            item("create", "logs-prod-01-default", "1", "{\"n\":1}")
                + item("create", "logs-dev-01-default", "2", "{\"n\":2}")
                + "{\"delete\":{\"_index\":\"logs-dev-01-default\",\"_id\":\"2\"}}\n"
                + item("create", "logs-dev-01-default", "3", "{\"refuse\":429}")
                + item("create", "logs-dev-01-default", "4", "{\"n\":4,//x\n")
                + item("update", "logs-dev-01-default", "5", "{\"doc\":{}}")
                + item("create", "", "6", "{}")
                + "{\"create\":{\"_index\":\"logs-dev-01-default\",\"pipeline\":\"p\"}}\n{}\n"
                + item("create", "logs-dev-01-default", "2", "{}"));

    List<BulkItem> items = BulkReply.parse(result.body()).items();
    assertEquals(
        List.of(403, 201, 403, 429, 400, 403, 400, 403, 409),
        items.stream().map(BulkItem::status).toList());
    assertEquals(List.of("logs-dev-01-default/2"), List.copyOf(engine.documents.keySet()));
    assertTrue(
        items.getFirst().errorReason().contains("may not write index [logs-prod-01-default]"));
    assertEquals(9, counted("oriel_gateway_documents_received", "cluster", "dev-01"));
    assertEquals(9, counted("oriel_gateway_documents", "cluster", "dev-01"));
    assertEquals(6, counted("oriel_gateway_documents", "outcome", "refused"));
    assertEquals(1, counted("oriel_gateway_refused", "reason", "foreign_index"));
    String audited = Files.readString(directory.resolve("audit.log"));
    assertTrue(audited.contains("\"object\":\"logs-prod-01-default\""), audited);
  }

  /// The engine compresses its replies; some go on as they came, some are taken apart.
  @Test
  void repliesComeAsTheClientWantsThem() throws Exception {
    StringBuilder clean = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      clean.append(item("create", "logs-dev-01-default", "c" + i, "{\"n\":1}"));
    }
    String mixed = clean + item("create", "logs-prod-01-default", "x", "{}");

    for (String accepted : List.of("gzip", "deflate, GZIP;q=0.5", "gzip;q=0", "identity")) {
      engine.documents.clear();
      HttpRequest request =
          HttpRequest.post(
                  uri("/_bulk"),
                  "application/x-ndjson",
                  clean.toString().getBytes(StandardCharsets.UTF_8))
              .withHeader("accept-encoding", accepted)
              .withPackedAnswer();
      HttpResult result = dev.send(request);
      String packing = result.header("content-encoding");

      boolean packed = accepted.toLowerCase(Locale.ROOT).matches(".*gzip(;q=0.5)?");
      assertEquals(packed ? "gzip" : "", packing, accepted);
      BulkReply reply =
          BulkReply.parse(Compression.ofWord(packing).decompress(result.body(), 1 << 20));
      assertEquals(60, reply.items().size());
      assertFalse(reply.hasErrors());

      HttpResult again = bulk(dev, mixed);
      List<BulkItem> items = BulkReply.parse(again.body()).items();
      assertEquals(61, items.size());
      assertEquals(BulkItem.Outcome.DUPLICATE, items.getFirst().outcome());
      assertEquals(403, items.getLast().status());
    }
  }

  /// A 400 would have the sender throw its documents away.
  @Test
  void aReplyThatCannotBeReadIsNotTheSendersFault() throws Exception {
    engine.scrambles = true;

    HttpResult result = bulk(dev, item("create", "logs-dev-01-default", "1", "{}"));

    assertEquals(503, result.status());
    assertTrue(result.text().contains("cannot be read"), result::text);
  }

  private String filtered(String path, String filter, String body) throws Exception {
    return dev.send(
            HttpRequest.post(
                uri(path + "?filter_path=" + filter),
                "application/x-ndjson",
                body.getBytes(StandardCharsets.UTF_8)))
        .text();
  }

  /// Where the engine can leave it out it does; where we need it, or the reply is ours, we do.
  @Test
  void tellsAsMuchAsFilterPathSays() throws Exception {
    String outcomes = "items.*.status,errors,items.*.error";
    String two =
        item("create", "logs-dev-01-a", "1", "{}") + item("create", "logs-dev-01-a", "2", "{}");

    assertEquals(
        "{\"errors\":false,\"items\":[{\"create\":{\"status\":201}},{\"create\":{\"status\":201}}]}",
        filtered("/_bulk", outcomes, two));
    assertEquals(Engine.OUTCOMES, engine.lastWanted);
    assertEquals(
        "{\"errors\":true,\"items\":[{\"create\":{\"status\":409,\"error\":{\"type\":\"fake\",\"reason\":\"told to\"}}},{\"index\":{\"status\":201}}]}",
        filtered(
            "/_bulk",
            outcomes,
            item("create", "logs-dev-01-a", "1", "{}")
                + item("index", "logs-dev-01-a", "3", "{}")));
    assertEquals(
        "{\"items\":[{\"create\":{\"_id\":\"4\"}}]}",
        filtered("/_bulk", "items.*._id", item("create", "logs-dev-01-a", "4", "{}")));
    assertEquals(FilterPath.ALL, engine.lastWanted);
    assertEquals("{\"result\":\"created\"}", filtered("/logs-dev-01-a/_doc/5", "result", "{}"));
    assertEquals(
        "{\"version\":{\"number\":\"" + GatewayConfig.STANDARD_VERSION + "\"}}",
        dev.send(HttpRequest.get(uri("/?filter_path=**.number"))).text());
    assertTrue(filtered("/logs-prod-01-a/_doc/6", "result", "{}").contains("\"error\""));
    assertTrue(filtered("/_bulk", "a".repeat(5_000), two).contains("want at most 4096"));
    assertEquals(5, engine.documents.size());
  }

  @Test
  void addsToSharedIndicesButChangesNothingThere() throws Exception {
    String span = "{\"traceID\":\"a\"}";
    HttpClient prod = client(issue("prod-01-collect", "prod-01"), "prod-01-collect");

    assertEquals(200, bulk(dev, item("index", "jaeger-span-2026-11-27", "x", span)).status());
    HttpResult again =
        bulk(prod, item("index", "jaeger-span-2026-11-27", "x", "{\"traceID\":\"forged\"}"));

    assertTrue(engine.documents.toString().contains("\"dev-01\""));
    BulkItem item = BulkReply.parse(again.body()).items().getFirst();
    assertEquals(200, item.status());
    assertEquals("index", item.op().word());
    assertTrue(again.text().contains("\"noop\""));
    assertTrue(again.text().contains("\"errors\":false"));
  }

  private CertificateAuthority issue(String name, String cluster) throws IOException {
    authority.issue(wish(name, cluster));
    return authority;
  }

  @Test
  void nobodyGetsInWithoutAGoodCertificate() throws Exception {
    Pki other = Pki.create(directory.resolve("other"), InstantSource.system(), new SecureRandom());
    CertificateAuthority stranger = other.authority(Trust.LOGS_TRACES);
    stranger.issue(wish("dev-01-ship", "dev-01"));
    HttpClient anonymous = client(authority, "");
    HttpClient foreign = client(stranger, "dev-01-ship");
    String body = item("create", "logs-dev-01-default", "1", "{}");

    assertThrows(OrielException.class, () -> bulk(anonymous, body));
    assertThrows(OrielException.class, () -> bulk(foreign, body));
    assertEquals(200, bulk(dev, body).status());
    authority.revoke("dev-01-ship");
    assertEquals(401, bulk(dev, body).status());

    assertEquals(1, engine.requests.get());
    assertEquals(1, counted("oriel_gateway_http_refused", "reason", "no_certificate"));
    assertEquals(1, counted("oriel_gateway_http_refused", "reason", "untrusted"));
    assertEquals(1, counted("oriel_gateway_http_refused", "reason", "revoked"));
  }

  @Test
  void aClusterThatIsNotListedIsRefused() throws Exception {
    HttpClient unknown = client(issue("stag-01-ship", "stag-01"), "stag-01-ship");

    HttpResult result = bulk(unknown, item("create", "logs-stag-01-default", "1", "{}"));

    assertEquals(403, result.status());
    assertTrue(result.text().contains("cluster stag-01 is not known here"), result::text);
    assertEquals(0, engine.requests.get());
  }

  @Test
  void headersSayNothingAboutWhoOneIs() throws Exception {
    HttpResult result =
        dev.send(
            HttpRequest.post(
                    uri("/logs-prod-01-default/_bulk?refresh=true&routing=x"),
                    "application/x-ndjson",
                    "{\"create\":{}}\n{}\n".getBytes(StandardCharsets.UTF_8))
                .withHeader("x-forwarded-client-cert", "URI=spiffe://oriel/cluster/prod-01")
                .withHeader("x-cluster", "prod-01")
                .withHeader("authorization", "Basic cm9vdDpyb290"));
    assertEquals(403, BulkReply.parse(result.body()).items().getFirst().status());

    bulk(dev, item("create", "logs-dev-01-default", "1", "{}"));

    assertFalse(engine.lastHeaders.containsKey("authorization"));
    assertFalse(engine.lastHeaders.containsKey("x-cluster"));
  }

  @Test
  void bombsAndMonstersAreCutOff() throws Exception {
    serveAnew(new GatewayConfig.Limits(1 << 20, 64 << 10, 8 << 20), ClusterQuota.NONE);
    String zeros =
        item("create", "logs-dev-01-default", "1", "{\"a\":\"" + "0".repeat(50_000) + "\"}");
    byte[] bomb = Compression.GZIP.compress(zeros.repeat(200).getBytes(StandardCharsets.UTF_8));
    HttpRequest request =
        HttpRequest.post(uri("/_bulk"), "application/x-ndjson", bomb)
            .withHeader("content-encoding", "gzip");

    HttpResult tooMuch = dev.send(request);
    HttpResult tooLong =
        bulk(
            dev,
            item("create", "logs-dev-01-default", "1", "{\"a\":\"" + "0".repeat(70_000) + "\"}"));
    HttpResult notGzip =
        dev.send(
            HttpRequest.post(uri("/_bulk"), "application/x-ndjson", new byte[100])
                .withHeader("content-encoding", "gzip"));
    HttpResult cut =
        dev.send(
            HttpRequest.post(
                    uri("/_bulk"), "application/x-ndjson", java.util.Arrays.copyOf(bomb, 500))
                .withHeader("content-encoding", "gzip"));

    assertTrue(bomb.length < 1 << 18);
    assertEquals(413, tooMuch.status(), tooMuch::text);
    assertTrue(tooMuch.text().contains("decompressed body size"), tooMuch::text);
    assertEquals(413, tooLong.status(), tooLong::text);
    assertEquals(400, notGzip.status(), notGzip::text);
    assertEquals(400, cut.status(), cut::text);
    assertEquals(0, engine.requests.get());
    assertEquals(
        200,
        dev.send(
                HttpRequest.post(
                        uri("/_bulk"),
                        "application/x-ndjson",
                        Compression.GZIP.compress(zeros.getBytes(StandardCharsets.UTF_8)))
                    .withHeader("content-encoding", "gzip"))
            .status());
  }

  @Test
  void malformedBulksAreRefusedWhole() throws Exception {
    for (String body :
        List.of("", "{\"index\":{}}", "{\"index\":{}}\n", "[]\n{}\n", "{\"paint\":{}}\n{}\n")) {
      HttpResult result = bulk(dev, body);

      assertEquals(400, result.status(), body);
      assertTrue(result.text().contains("\"status\":400"), result::text);
    }
    assertEquals(0, engine.requests.get());
  }

  @Test
  void anEngineThatIsFullIsPassedOnAndThenLeftAlone() throws Exception {
    String body = item("create", "logs-dev-01-default", "1", "{}");
    engine.status.set(429);
    HttpResult first = bulk(dev, body);
    HttpResult second = bulk(dev, body);

    assertEquals(429, first.status());
    assertEquals(429, second.status());
    assertEquals("3", second.header("retry-after"));
    assertEquals(1, engine.requests.get());
    assertEquals(1, counted("oriel_gateway_throttled", "limit", "engine"));

    engine.status.set(200);
    nanos.addAndGet(Duration.ofSeconds(4).toNanos());
    assertEquals(200, bulk(dev, body).status());
  }

  @Test
  void anEngineThatIsGoneIsSaidToBe() throws Exception {
    engine.close();

    HttpResult result = bulk(dev, item("create", "logs-dev-01-default", "1", "{}"));

    assertEquals(503, result.status());
    assertFalse(result.header("retry-after").isEmpty());
    assertEquals(1, counted("oriel_gateway_documents", "outcome", "unknown"));
  }

  @Test
  void aClusterOverItsQuotaIsHeldBackAndNobodyElse() throws Exception {
    serveAnew(GatewayConfig.Limits.standard(), new ClusterQuota(0, 1, 0));
    String three = item("create", "logs-dev-01-default", "1", "{}").repeat(3);
    HttpClient prod = client(issue("prod-01-ship", "prod-01"), "prod-01-ship");

    assertEquals(200, bulk(dev, three).status());
    HttpResult refused = bulk(dev, three);

    assertEquals(429, refused.status());
    assertTrue(refused.text().contains("documents_per_second: cluster dev-01"), refused::text);
    assertEquals(200, bulk(prod, item("create", "logs-prod-01-x", "1", "{}")).status());
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    assertEquals(200, bulk(dev, three).status());
  }

  @Test
  void singleDocumentsAreBulksOfOne() throws Exception {
    byte[] document = "{\n \"message\": \"x\"\n}\n".getBytes(StandardCharsets.UTF_8);

    HttpResult made = dev.send(HttpRequest.of("PUT", uri("/logs-dev-01-x/_create/7"), document));
    HttpResult again = dev.send(HttpRequest.of("PUT", uri("/logs-dev-01-x/_create/7"), document));
    HttpResult foreign = dev.send(HttpRequest.of("POST", uri("/logs-prod-01-x/_doc"), document));

    assertEquals(201, made.status(), made::text);
    assertTrue(made.text().contains("\"_id\":\"7\""), made::text);
    assertEquals(409, again.status());
    assertEquals(403, foreign.status());
    assertEquals(1, engine.documents.size());
  }

  @Test
  void setUpCallsAreAnsweredAndChangeNothing() throws Exception {
    HttpResult root =
        dev.send(
            HttpRequest.get(uri("/")).withHeader("user-agent", "Elastic-filebeat/9.2.1 (linux)"));
    HttpResult license = dev.send(HttpRequest.get(uri("/_license?human=false")));
    HttpResult policy = dev.send(HttpRequest.get(uri("/_ilm/policy/filebeat")));
    HttpResult put =
        dev.send(
            HttpRequest.of(
                "PUT", uri("/_index_template/logs"), "{}".getBytes(StandardCharsets.UTF_8)));
    HttpResult pipeline =
        dev.send(
            HttpRequest.of(
                "PUT", uri("/_ingest/pipeline/p"), "{}".getBytes(StandardCharsets.UTF_8)));
    HttpResult search = dev.send(HttpRequest.get(uri("/logs-dev-01-x/_search")));
    HttpResult first =
        dev.send(HttpRequest.of("PUT", uri("/%3Cx-%7Bnow%2Fd%7D-000001%3E"), new byte[0]));
    HttpResult index = dev.send(HttpRequest.of("PUT", uri("/logs-dev-01-x"), new byte[0]));

    assertTrue(root.text().contains("\"number\":\"9.2.1\""), root::text);
    assertTrue(root.text().contains("You Know, for Search"), root::text);
    assertTrue(dev.send(HttpRequest.get(uri("/"))).text().contains(GatewayConfig.STANDARD_VERSION));
    assertTrue(license.text().contains("\"status\":\"active\""), license::text);
    assertTrue(policy.text().startsWith("{\"filebeat\":"), policy::text);
    assertEquals(
        "{\"x-000001\":{\"aliases\":{\"x\":{\"is_write_index\":true}}}}",
        dev.send(HttpRequest.get(uri("/_alias/x"))).text());
    assertEquals("{\"acknowledged\":true}", put.text());
    assertEquals(403, pipeline.status());
    assertEquals("{\"acknowledged\":true}", first.text());
    assertEquals(403, index.status());
    assertEquals(403, search.status());
    assertTrue(search.text().contains("is not for shippers"), search::text);
    assertEquals(0, engine.requests.get());
    assertTrue(
        Files.readString(directory.resolve("audit.log")).contains("PUT /_index_template/logs"));
  }

  @Test
  void versionEightClientsGetTheirOwnMediaTypeBack() throws Exception {
    String type = "application/vnd.elasticsearch+json; compatible-with=8";

    HttpResult result = dev.send(HttpRequest.get(uri("/")).withHeader("accept", type));

    assertEquals(type, result.header("content-type"));
  }

  @Test
  void logsOverOtlpBecomeDocumentsOnce() throws Exception {
    byte[] logs =
        """
        {"resourceLogs":[{"resource":{"attributes":[
          {"key":"service.name","value":{"stringValue":"shop"}},
          {"key":"cluster","value":{"stringValue":"prod-01"}}]},
         "scopeLogs":[{"logRecords":[
          {"timeUnixNano":"1544712660300000000","severityNumber":9,"severityText":"INFO",
           "traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174",
           "body":{"stringValue":"paid"},
           "attributes":[{"key":"http.status","value":{"intValue":"200"}}]}]}]}]}
        """
            .getBytes(StandardCharsets.UTF_8);
    HttpRequest request = HttpRequest.post(uri("/v1/logs"), "application/json", logs);

    HttpResult first = dev.send(request);
    HttpResult again = dev.send(request);

    assertEquals("{}", first.text());
    assertEquals("{}", again.text());
    assertEquals(1, engine.documents.size());
    String document = engine.documents.values().iterator().next();
    assertEquals(
        "{\"cluster\":\"dev-01\",\"environment\":\"dev\",\"event.ingested\":\"1970-01-01T00:00:00Z\",\"@timestamp\":\"2018-12-13T14:51:00.300Z\","
            + "\"message\":\"paid\",\"log.level\":\"INFO\",\"severity_number\":9,"
            + "\"trace_id\":\"5b8efff798038103d269b633813fc60c\",\"span_id\":\"eee19b7ec3c1b174\","
            + "\"service.name\":\"shop\",\"attributes\":{\"http.status\":200},"
            + "\"resource.attributes\":{\"service.name\":\"shop\",\"cluster\":\"prod-01\"}}",
        document);
    assertEquals(
        400,
        dev.send(HttpRequest.post(uri("/v1/logs"), "application/x-protobuf", new byte[] {1, 2, 3}))
            .status());
    assertEquals(415, dev.send(HttpRequest.post(uri("/v1/logs"), "text/plain", logs)).status());
  }
}
