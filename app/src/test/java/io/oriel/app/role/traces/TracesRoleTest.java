package io.oriel.app.role.traces;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.search.node.SearchNode;
import io.oriel.search.node.SearchNodeConfig;
import io.oriel.traces.api.Traces;
import io.oriel.traces.assemble.Adjusters;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.query.SpanSources;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TracesRoleTest {
  private static TracesRole role(URI engine) throws Exception {
    return TracesRole.start(
        new TracesRole.Options(
            SearchClientConfig.of(engine).withTimeout(Duration.ofSeconds(20)),
            SpanSources.plain(),
            TagFields.none(),
            new Traces.Limits(new Adjusters(Duration.ZERO), 1000),
            HttpServerConfig.on("127.0.0.1:0"),
            new TracesRole.Grpc(
                GrpcServerConfig.plain("127.0.0.1:0"),
                Optional.of(GrpcServerConfig.plain("127.0.0.1:0")))),
        "test");
  }

  @Test
  void answersFromTheEngine(@TempDir Path data) throws Exception {
    try (SearchNode node = SearchNode.start(SearchNodeConfig.in(data), InstantSource.system());
        TracesRole role = role(node.uri());
        HttpClient http = HttpClient.create(HttpClientConfig.standard(), "test")) {
      URI web = URI.create("http://127.0.0.1:" + role.port());
      String service = "{\"serviceName\":\"shop\",\"operationName\":\"buy\"}";
      http.send(
          HttpRequest.of(
                  "PUT",
                  URI.create(node.uri() + "/jaeger-service-2026-11-27"),
                  """
                  {"mappings":{"properties":{"serviceName":{"type":"keyword"},
                  "operationName":{"type":"keyword"}}}}
                  """
                      .getBytes(StandardCharsets.UTF_8))
              .withHeader("content-type", "application/json"));
      http.send(
          HttpRequest.post(
              URI.create(node.uri() + "/jaeger-service-2026-11-27/_doc?refresh=true"),
              "application/json",
              service.getBytes(StandardCharsets.UTF_8)));

      assertEquals(200, http.send(HttpRequest.get(web.resolve("/-/ready"))).status());
      assertEquals(
          "{\"services\":[\"shop\"]}",
          http.send(HttpRequest.get(web.resolve("/api/v3/services"))).text());
      String metrics = http.send(HttpRequest.get(web.resolve("/metrics"))).text();
      assertTrue(metrics.contains("oriel_traces_build_info"), metrics);
      assertTrue(role.grpcPort() > 0 && role.storagePort() > 0);
    }
  }

  @Test
  void startsWithoutTheEngineAndSaysSo() throws Exception {
    try (TracesRole role = role(URI.create("http://127.0.0.1:1"));
        HttpClient http = HttpClient.create(HttpClientConfig.standard(), "test")) {
      URI web = URI.create("http://127.0.0.1:" + role.port());

      assertEquals(200, http.send(HttpRequest.get(web.resolve("/-/healthy"))).status());
      assertEquals(503, http.send(HttpRequest.get(web.resolve("/-/ready"))).status());
      assertEquals(503, http.send(HttpRequest.get(web.resolve("/api/services"))).status());
    }
  }
}
