package io.oriel.runtime.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import java.net.URI;
import org.junit.jupiter.api.Test;

class TelemetryTest {
  @Test
  void exposesItselfInTheFormatThatIsAskedFor() throws Exception {
    Telemetry telemetry = new Telemetry("prometheus_build_info", "1.2.3");
    HttpServerMetrics metrics = new HttpServerMetrics("prometheus", telemetry.registry());
    Routes routes = new Routes().get("/metrics", telemetry::expose);
    try (HttpServer server = HttpServer.start(HttpServerConfig.on("127.0.0.1:0"), routes, metrics);
        HttpClient client = HttpClient.create(HttpClientConfig.standard(), "test")) {
      HttpRequest request =
          HttpRequest.get(URI.create("http://127.0.0.1:" + server.port() + "/metrics"));
      client.send(request);
      HttpResult text = client.send(request);
      HttpResult proto =
          client.send(
              request.withHeader(
                  "accept",
                  "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
                      + "encoding=delimited"));

      assertTrue(text.header("content-type").startsWith("text/plain"));
      assertTrue(text.text().contains("prometheus_build_info{"), text::text);
      assertTrue(text.text().contains("process_resident_memory_bytes"));
      assertTrue(
          text.text()
              .contains("prometheus_http_requests_total{code=\"200\",handler=\"/metrics\"} 1.0"));
      assertEquals(
          "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily;"
              + " encoding=delimited",
          proto.header("content-type"));
    }
  }
}
