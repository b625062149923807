package io.oriel.gateway.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.gateway.quota.ClusterQuota;
import io.oriel.runtime.config.ConfigException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayConfigTest {
  @TempDir private Path directory;

  private GatewayConfig load(String yaml) throws IOException {
    return GatewayConfig.load(Files.writeString(directory.resolve("gateway.yml"), yaml));
  }

  @Test
  void theWholeFormatIsRead() throws IOException {
    GatewayConfig config =
        load(
            """
            engine:
              urls: [http://127.0.0.1:9200, "https://es:9200/base"]
              http_config:
                basic_auth: {username: u, password: p}
            quota: {documents_per_second: 10}
            clusters:
              - name: dev-01
                environment: dev
                quota: {bytes_per_second: 20MiB, concurrent_requests: 4}
              - {name: prod-01, environment: prod}
            indices:
              own: ["app-{cluster}-*"]
            limits: {body_bytes: 1MiB, document_bytes: 64KiB, in_flight_bytes: 8MiB}
            elasticsearch_version: 9.1.0
            """);

    assertEquals(
        List.of(URI.create("http://127.0.0.1:9200"), URI.create("https://es:9200/base")),
        config.engines());
    assertTrue(config.engineClient().basicAuth().isPresent());
    assertEquals(
        new GatewayConfig.Cluster("dev", new ClusterQuota(20 << 20, 10, 4)),
        config.clusters().get("dev-01"));
    assertEquals(
        new GatewayConfig.Cluster("prod", new ClusterQuota(0, 10, 0)),
        config.clusters().get("prod-01"));
    assertEquals(new GatewayConfig.Limits(1 << 20, 64 << 10, 8 << 20), config.limits());
    assertEquals("9.1.0", config.reportedVersion());
  }

  @Test
  void everyMistakeIsNamedWithItsLine() {
    ConfigException mistakes =
        assertThrows(
            ConfigException.class,
            () ->
                load(
                    """
                    engine:
                      urls: ["ftp://x"]
                    clusters:
                      - name: a
                      - {name: b, environment: c, quota: {documents_per_second: -1}}
                      - {name: b, environment: c}
                    limits: {in_flight_bytes: 1KB}
                    elasticsearch_version: new
                    colour: red
                    """));

    for (String part :
        List.of(
            "ftp://x",
            "environment",
            "negative",
            "two clusters called b",
            "in_flight_bytes",
            "elasticsearch_version",
            "colour",
            "gateway.yml:4")) {
      assertTrue(
          String.valueOf(mistakes.getMessage()).contains(part),
          part + " in " + String.valueOf(mistakes.getMessage()));
    }
  }
}
