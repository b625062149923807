package io.oriel.metrics.federate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.model.metric.StaleMarker;
import io.oriel.promql.script.MemoryStorage;
import io.oriel.promql.script.SequenceValue;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.exposition.Exposition;
import io.oriel.wire.exposition.ExpositionParser;
import io.oriel.wire.exposition.NameEscaping;
import io.oriel.wire.exposition.ParserOptions;
import io.oriel.wire.exposition.ScrapeProtocol;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FederateApiTest {
  private static final long NOW = 600_000;

  private HttpServer server;
  private HttpClient client;

  private static SequenceValue number(double value) {
    return new SequenceValue(false, value, null, false);
  }

  @BeforeEach
  void start() throws Exception {
    MemoryStorage storage = new MemoryStorage();
    Labels a = Labels.of("__name__", "up", "instance", "a", "job", "x");
    storage.add(a, NOW - 60_000, number(0), 0);
    storage.add(a, NOW - 30_000, number(1), 0);
    storage.add(Labels.of("__name__", "up", "cluster", "own"), NOW, number(2), 0);
    storage.add(Labels.of("__name__", "old"), NOW - 300_001, number(1), 0);
    storage.add(Labels.of("__name__", "ended"), NOW - 1, number(StaleMarker.VALUE), 0);
    NativeHistogram histogram =
        NativeHistogram.builder()
            .count(3)
            .sum(5)
            .positive(Buckets.of(new int[] {0}, new int[] {2}, new double[] {1, 2}))
            .build();
    storage.add(
        Labels.of("__name__", "hist"), NOW, new SequenceValue(false, 0, histogram, false), 0);
    Routes routes = new Routes();
    new FederateApi(
            storage,
            () -> Labels.of("cluster", "dev-01"),
            300_000,
            InstantSource.fixed(Instant.ofEpochMilli(NOW)),
            new PrometheusRegistry())
        .addTo(routes);
    server =
        HttpServer.start(
            HttpServerConfig.on("127.0.0.1:0"),
            routes,
            new HttpServerMetrics("test", new PrometheusRegistry()));
    client = HttpClient.create(HttpClientConfig.standard(), "test");
  }

  @AfterEach
  void stop() {
    server.close();
    client.close();
  }

  private HttpResult get(String accept, String... selectors) throws Exception {
    StringBuilder query = new StringBuilder();
    for (String selector : selectors) {
      query.append(query.isEmpty() ? "?" : "&").append("match[]=");
      query.append(URLEncoder.encode(selector, StandardCharsets.UTF_8));
    }
    URI uri = URI.create("http://127.0.0.1:" + server.port() + "/federate" + query);
    return client.send(HttpRequest.get(uri).withHeader("accept", accept));
  }

  @Test
  void writesTheNewestSamplesWithExternalLabels() throws Exception {
    HttpResult result = get("", "{__name__=~\"up|old|ended|hist\"}", "up{job=\"x\"}");

    assertEquals("text/plain; version=0.0.4; charset=utf-8", result.header("content-type"));
    assertEquals(
        """
        # TYPE up untyped
        up{cluster="own",instance=""} 2 600000
        up{instance="a",job="x",cluster="dev-01"} 1 570000
        """,
        result.text());
  }

  @Test
  void writesOpenMetrics() throws Exception {
    HttpResult result = get("application/openmetrics-text;version=1.0.0", "up{job=\"x\"}");

    assertEquals(
        """
        # TYPE up unknown
        up{instance="a",job="x",cluster="dev-01"} 1 570
        # EOF
        """,
        result.text());
  }

  @Test
  void writesNativeHistogramsInProtobuf() throws Exception {
    String accept = Exposition.acceptHeader(ScrapeProtocol.PROTO_FIRST, NameEscaping.ALLOW_UTF8);

    HttpResult result = get(accept, "hist");

    assertTrue(
        result.header("content-type").startsWith("application/vnd.google.protobuf"),
        result.header("content-type"));
    ExpositionParser parser =
        Exposition.parser(
            result.body(),
            result.body().length,
            ScrapeProtocol.PROMETHEUS_PROTO,
            new ParserOptions(false, true, false, false, false));
    ExpositionParser.Entry entry = parser.next();
    while (entry != ExpositionParser.Entry.HISTOGRAM && entry != ExpositionParser.Entry.END) {
      entry = parser.next();
    }
    assertEquals(ExpositionParser.Entry.HISTOGRAM, entry);
    assertEquals(3, parser.histogram().count());
    assertEquals(NOW, parser.timestampMillis());
  }

  @Test
  void refusesWhatIsNoSelector() throws Exception {
    assertEquals(400, get("", "up{").status());
    assertEquals(List.of(200, ""), List.of(get("").status(), get("").text()));
  }
}
