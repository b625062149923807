package io.oriel.app.role.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.federation.frontend.CacheConfig;
import io.oriel.federation.frontend.FrontendSettings;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The role answers for itself under its own paths and for the query role elsewhere.
class FrontendRoleTest {
  private static FrontendRole.Options options(URI downstream, FrontendSettings.Range range) {
    return new FrontendRole.Options(
        HttpServerConfig.on("127.0.0.1:0"),
        HttpClientConfig.standard(),
        new FrontendSettings(downstream, range, "", List.of(), List.of(), Duration.ofMillis(-1)));
  }

  @Test
  void servesItsOwnAndPassesOn() throws IOException, InterruptedException {
    Routes query = new Routes();
    query.get("/*", call -> HttpAnswer.text(200, "query " + call.target()));
    try (HttpServer behind =
            HttpServer.start(
                HttpServerConfig.on("127.0.0.1:0"),
                query,
                new HttpServerMetrics("thanos", new PrometheusRegistry()));
        FrontendRole role =
            FrontendRole.start(
                options(
                    URI.create("http://127.0.0.1:" + behind.port()),
                    FrontendSettings.Range.standard()),
                "test");
        HttpClient client = HttpClient.create(HttpClientConfig.standard(), "test")) {
      String base = "http://127.0.0.1:" + role.port();
      assertEquals("OK\n", client.send(HttpRequest.get(URI.create(base + "/-/ready"))).text());
      assertEquals(
          "query /api/v1/stores",
          client.send(HttpRequest.get(URI.create(base + "/api/v1/stores"))).text());
      assertEquals(
          "query /api/v1/query?query=up",
          client.send(HttpRequest.get(URI.create(base + "/api/v1/query?query=up"))).text());
      String metrics = client.send(HttpRequest.get(URI.create(base + "/metrics"))).text();
      assertTrue(
          metrics.contains("thanos_query_frontend_queries_total{op=\"query\"} 1.0"), metrics);
      behind.close();
      assertEquals(503, client.send(HttpRequest.get(URI.create(base + "/api/v1/stores"))).status());
    }
  }

  @Test
  void refusesACacheWithoutSplitting() {
    FrontendSettings.Range range =
        new FrontendSettings.Range(
            Duration.ZERO,
            true,
            5,
            Duration.ZERO,
            14,
            true,
            Optional.of(new CacheConfig(1, Duration.ZERO)),
            Duration.ofMinutes(1),
            0);
    assertThrows(
        OrielException.class,
        () -> FrontendRole.start(options(URI.create("http://localhost"), range), "test"));
  }
}
