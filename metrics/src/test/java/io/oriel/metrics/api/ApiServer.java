package io.oriel.metrics.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Some endpoints behind a real server.
final class ApiServer implements AutoCloseable {
  private final HttpServer server;
  private final HttpClient client;

  ApiServer(Routes routes) throws IOException {
    client = HttpClient.create(HttpClientConfig.standard(), "test");
    server =
        HttpServer.start(
            HttpServerConfig.on("127.0.0.1:0"),
            routes,
            new HttpServerMetrics("test", new PrometheusRegistry()));
  }

  int port() {
    return server.port();
  }

  /// @param params names and values in turn
  HttpResult ask(String path, String... params) throws IOException, InterruptedException {
    StringBuilder query = new StringBuilder();
    for (int i = 0; i < params.length; i += 2) {
      query.append(i == 0 ? '?' : '&');
      query.append(URLEncoder.encode(params[i], StandardCharsets.UTF_8)).append('=');
      query.append(URLEncoder.encode(params[i + 1], StandardCharsets.UTF_8));
    }
    URI uri = URI.create("http://127.0.0.1:" + port() + "/api/v1/" + path + query);
    return client.send(HttpRequest.get(uri));
  }

  String get(String path, String... params) throws IOException, InterruptedException {
    HttpResult result = ask(path, params);
    assertEquals(200, result.status(), result::text);
    return result.text();
  }

  /// The message of a refusal.
  String refusal(int status, String path, String... params)
      throws IOException, InterruptedException {
    HttpResult result = ask(path, params);
    assertEquals(status, result.status(), result::text);
    return result.text().replaceAll(".*\"error\":\"(.*)\"}", "$1").replace("\\\"", "\"");
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
