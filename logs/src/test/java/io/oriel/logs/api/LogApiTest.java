package io.oriel.logs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.logs.search.LogAccess;
import io.oriel.logs.search.LogSearch;
import io.oriel.logs.search.SavedSearches;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.search.client.BulkBody;
import io.oriel.search.client.Documents.Refresh;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.search.client.Templates;
import io.oriel.search.node.SearchNode;
import io.oriel.search.node.SearchNodeConfig;
import io.oriel.wire.elastic.BulkAction;
import io.oriel.wire.elastic.BulkOp;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The API over HTTP against a real node; a caller with the header `x-test-cluster` may see that
/// cluster only, one with `x-test-cluster: nobody` nothing.
class LogApiTest {
  private static final String START = "2026-11-27T10:00:00Z";
  private static final String END = "2026-11-27T11:00:00Z";

  @TempDir private static Path directory;
  private static final Closer CLOSER = new Closer();
  private static SearchClient engine;
  private static HttpServer server;
  private static HttpClient client;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    SearchNode node =
        CLOSER.push(SearchNode.start(SearchNodeConfig.in(directory), InstantSource.system()));
    engine = CLOSER.push(SearchClient.create(SearchClientConfig.of(node.uri()), "test"));
    engine
        .templates()
        .put(
            Templates.Kinds.INDEX,
            "logs-test",
            """
            {"index_patterns":["logs-*"],"template":{"mappings":{"properties":{
              "@timestamp":{"type":"date"},"message":{"type":"text"},"cluster":{"type":"keyword"},
              "status":{"type":"long"},"trace_id":{"type":"keyword"},
              "event":{"properties":{"ingested":{"type":"date"}}}}}}}
            """);
    BulkBody body = new BulkBody(1 << 20);
    add(body, "dev-01", "1", "\"message\":\"=cmd, \\\"quoted\\\"\",\"status\":500");
    add(body, "prod-01", "2", "\"message\":\"fine\",\"status\":200,\"trace_id\":\"abc\"");
    assertFalse(engine.documents().bulk(body, Refresh.WAIT).hasErrors());
    Routes routes = new Routes();
    new LogApi(
            new LogSearch(engine, InstantSource.system()),
            new SavedSearches(engine),
            call ->
                switch (call.header("x-test-cluster")) {
                  case "" -> LogAccess.everything();
                  case "nobody" -> throw new OrielException(Kind.FORBIDDEN, "go away");
                  default -> new LogAccess(Set.of(call.header("x-test-cluster")));
                },
            new LogApi.Surroundings(
                InstantSource.system(), _ -> Thread.sleep(Duration.ofMillis(20))))
        .addTo(routes);
    server =
        CLOSER.push(
            HttpServer.start(
                HttpServerConfig.on("127.0.0.1:0"),
                routes,
                new HttpServerMetrics("test", new PrometheusRegistry())));
    client = CLOSER.push(HttpClient.create(HttpClientConfig.standard(), "test"));
  }

  private static void add(BulkBody body, String cluster, String id, String fields) {
    body.add(
        BulkAction.of(BulkOp.CREATE, "logs-" + cluster + "-default", id),
        "{\"@timestamp\":\"2026-11-27T10:00:0%s.5Z\",\"cluster\":\"%s\",%s}"
            .formatted(id, cluster, fields)
            .getBytes(StandardCharsets.UTF_8));
  }

  @AfterAll
  static void stop() {
    CLOSER.close();
  }

  private static URI uri(String path, String... params) {
    StringBuilder query = new StringBuilder();
    for (int i = 0; i < params.length; i += 2) {
      query
          .append(i == 0 ? '?' : '&')
          .append(params[i])
          .append('=')
          .append(URLEncoder.encode(params[i + 1], StandardCharsets.UTF_8));
    }
    return URI.create("http://127.0.0.1:" + server.port() + "/api/v1/logs" + path + query);
  }

  private static HttpResult get(String path, String... params) throws Exception {
    return client.send(HttpRequest.get(uri(path, params)));
  }

  @Test
  void answersAPageWithItsLines() throws Exception {
    HttpResult page =
        get("/search", "query", "status >= 500", "start", START, "end", END, "size", "10");

    assertEquals(200, page.status(), page::text);
    assertTrue(
        page.text().startsWith("{\"total\":1,\"totalIsExact\":true,\"lines\":[{"), page::text);
    assertTrue(page.text().contains("\"id\":\"1\""), page::text);
    assertTrue(page.text().endsWith("\"warnings\":[]}"), page::text);
  }

  @Test
  void narrowsWhatACallerMaySee() throws Exception {
    URI all = uri("/search", "start", START, "end", END);

    assertTrue(client.send(HttpRequest.get(all)).text().contains("\"total\":2"));
    HttpResult dev = client.send(HttpRequest.get(all).withHeader("x-test-cluster", "dev-01"));
    assertTrue(dev.text().contains("\"total\":1"), dev::text);
    assertTrue(
        get("/search", "start", START, "end", END, "cluster", "prod-01")
            .text()
            .contains("\"id\":\"2\""));
    HttpResult foreign =
        client.send(
            HttpRequest.get(uri("/search", "cluster", "prod-01"))
                .withHeader("x-test-cluster", "dev-01"));
    assertEquals(403, foreign.status());
    assertTrue(foreign.text().contains("cluster prod-01 is not yours to see"), foreign::text);
    assertEquals(
        403, client.send(HttpRequest.get(all).withHeader("x-test-cluster", "nobody")).status());
    assertEquals(400, get("/search", "cluster", "*").status());
  }

  @Test
  void everyMistakeIsNamed() throws Exception {
    for (String[] mistake :
        new String[][] {
          {"/search", "query", "a:(", "query: got the end at 4"},
          {"/search", "language", "sql", "language: got sql, want kql or lucene"},
          {"/search", "start", "yesterday", "start: got"},
          {"/search", "size", "20000", "size: got"},
          {"/search", "cursor", "xyz", "cursor: not one"},
          {"/values", "prefix", "a", "field: got nothing"},
          {"/export", "format", "xls", "format: got xls, want csv or ndjson"},
          {"/saved/unknown", "a", "b", "no saved search called unknown"},
        }) {
      HttpResult refused = get(mistake[0], mistake[1], mistake[2]);

      assertTrue(refused.status() == 400 || refused.status() == 404, refused::text);
      assertTrue(refused.text().contains(mistake[3]), refused::text);
    }
  }

  @Test
  void exportsForSpreadsheetsWithoutFormulas() throws Exception {
    HttpResult csv =
        get(
            "/export",
            "format",
            "csv",
            "start",
            START,
            "end",
            END,
            "fields",
            "@timestamp,message,status,none");
    HttpResult ndjson = get("/export", "start", START, "end", END);

    assertEquals(
        "@timestamp,message,status,none\r\n"
            + "2026-11-27T10:00:01.5Z,\"'=cmd, \"\"quoted\"\"\",500,\r\n"
            + "2026-11-27T10:00:02.5Z,fine,200,\r\n",
        csv.text());
    assertEquals("attachment; filename=\"logs.csv\"", csv.header("content-disposition"));
    assertEquals(2, ndjson.text().lines().count());
  }

  @Test
  void countsFieldsTracesAndPatterns() throws Exception {
    assertSays(
        get("/histogram", "start", START, "end", END, "interval", "1m"),
        "\"total\":2,\"bars\":[{\"start\":1795773600000,\"count\":2}");
    assertSays(get("/fields"), "{\"name\":\"status\",\"type\":\"long\"}");
    assertSays(get("/summary", "start", START, "end", END), "\"sampled\":2");
    assertSays(
        get("/values", "field", "status", "start", START, "end", END),
        "{\"value\":\"200\",\"count\":1}");
    assertSays(get("/trace/abc"), "\"id\":\"2\"");
    assertSays(get("/patterns", "start", START, "end", END), "\"pattern\":\"fine\"");
    assertSays(
        get("/context", "index", "logs-dev-01-default", "id", "1", "cluster", "dev-01"),
        "{\"position\":0,\"lines\":[{\"index\":\"logs-dev-01-default\",\"id\":\"1\",");
  }

  private static void assertSays(HttpResult answer, String part) {
    assertTrue(answer.text().contains(part), answer::text);
  }

  @Test
  void keepsSearches() throws Exception {
    HttpResult kept =
        client.send(
            HttpRequest.of(
                "PUT",
                uri("/saved/errors", "query", "status: 500", "columns", "a,b"),
                new byte[0]));

    assertEquals(200, kept.status(), kept::text);
    assertEquals(kept.text(), get("/saved/errors").text());
    assertTrue(get("/saved").text().contains("\"columns\":[\"a\",\"b\"]"));
    assertEquals(
        204, client.send(HttpRequest.of("DELETE", uri("/saved/errors"), new byte[0])).status());
    assertEquals(404, get("/saved/errors").status());
  }

  @Test
  void followsLines() throws Exception {
    var connection = uri("/tail", "query", "message: tailed").toURL().openConnection();
    connection.setReadTimeout(20_000);
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
      assertEquals("", lines.readLine());
      BulkBody body = new BulkBody(1 << 20);
      body.add(
          BulkAction.of(BulkOp.CREATE, "logs-tail-01-default", "7"),
          "{\"@timestamp\":\"2020-01-01T00:00:00Z\",\"message\":\"tailed\",\"event.ingested\":\"%s\"}"
              .formatted(Instant.now())
              .getBytes(StandardCharsets.UTF_8));
      assertFalse(engine.documents().bulk(body, Refresh.WAIT).hasErrors());
      String line = lines.readLine();
      while (line.isEmpty() || line.startsWith("{\"warning\"")) {
        line = lines.readLine();
      }
      assertTrue(line.contains("\"id\":\"7\""), line);
    }
  }
}
