package io.oriel.app.role.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.CommandLines;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.search.node.SearchNodeConfig;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchRoleTest {
  @Test
  void servesTheEngineItsMetricsAndTheTools(@TempDir Path data) throws Exception {
    SearchRole.Options options =
        new SearchRole.Options(SearchNodeConfig.in(data), HttpServerConfig.on("127.0.0.1:0"), true);
    try (SearchRole role = SearchRole.start(options, "test");
        HttpClient http = HttpClient.create(HttpClientConfig.standard(), "test")) {
      URI web = URI.create("http://127.0.0.1:" + role.port());
      assertEquals(200, http.send(HttpRequest.get(web.resolve("/-/ready"))).status());
      String line = "{\"create\":{}}\n{\"@timestamp\":1700000000000,\"message\":\"hello\"}\n";
      int stored =
          http.send(
                  HttpRequest.post(
                      URI.create(role.engine() + "/logs-dev-01-app/_bulk?refresh=true"),
                      "application/x-ndjson",
                      line.getBytes(StandardCharsets.UTF_8)))
              .status();
      String metrics = http.send(HttpRequest.get(web.resolve("/metrics"))).text();

      assertEquals(200, stored);
      assertTrue(metrics.contains("elasticsearch_cluster_health_status{"), metrics);
      assertTrue(metrics.contains("oriel_search_lifecycle_errors{"), metrics);
      String url = "--url=" + role.engine();
      assertTrue(told("health", url).contains("elasticsearch 9.5.0"));
      assertTrue(told("nodes", url).contains("*oriel-0"));
      assertTrue(told("indices", url).contains(".ds-logs-dev-01-app-000001"));
      assertTrue(told("shards", url).contains("STARTED"));
      String standing = told("lifecycle", url);
      assertTrue(standing.contains("oriel-logs"), standing);
    }
  }

  private static String told(String what, String url) {
    return CommandLines.run("tool", "search", what, url);
  }
}
