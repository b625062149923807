package io.oriel.app.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.metrics.config.PrometheusConfig;
import io.oriel.model.labels.Labels;
import io.oriel.runtime.config.ConfigException;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopologyTest {
  @Test
  void readsClustersAndRefusesMistakesByLine(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("t.yaml");
    Files.writeString(
        file,
        """
        scrape_interval: 1s
        clusters:
          - name: dev-01
            replicas: 1
            targets: ['127.0.0.1:1']
          - name: prod-01
        """);
    Topology topology = Topology.load(file);
    assertEquals("prod", topology.clusters().get(1).environment());
    assertEquals(2, topology.clusters().get(1).replicas());

    Files.writeString(file, "clusters:\n  - {name: A, replicas: 99}\n  - {nam: b}\n");
    ConfigException refused = assertThrows(ConfigException.class, () -> Topology.load(file));
    assertTrue(refused.reason().contains("t.yaml:2: clusters[0].replicas: got 99, want 1 to 9"));
    assertTrue(refused.reason().contains("did you mean \"name\""), refused::reason);
  }

  @Test
  void writesAConfigThatIsAccepted(@TempDir Path directory) throws IOException {
    Topology.Cluster cluster = new Topology.Cluster("dev-01", "dev", 2, "15d", List.of("h:1"));
    Topology topology = new Topology(List.of(cluster), "", 5000);
    String yaml = ClusterConfig.yaml(topology, cluster, 1, List.of("a:1", "b:2"), "host:9");

    PrometheusConfig config =
        PrometheusConfig.parse(directory.resolve("prometheus.yml"), yaml, _ -> "");

    assertEquals(
        Labels.of("cluster", "dev-01", "environment", "dev", "replica", "1"),
        config.global().externalLabels());
    assertEquals(3, config.scrapeConfigs().size());
  }

  @Test
  void oneClusterComesUpScrapesItselfAndAnswers(@TempDir Path directory) throws Exception {
    Topology topology =
        new Topology(List.of(new Topology.Cluster("dev-01", "dev", 2, "15d", List.of())), "", 200);
    int base = freePorts();
    try (Platform platform = Platform.start(topology, directory, base, "test", _ -> {});
        HttpClient client = HttpClient.create(HttpClientConfig.standard(), "test")) {
      for (String address : platform.metrics().getOrDefault("dev-01", List.of())) {
        await(client, address, "sum(up{cluster=\"dev-01\"})", "\"3\"");
        await(client, address, "count(rate(node_cpu_seconds_total[5s])) > bool 0", "\"1\"");
        await(
            client,
            address,
            "histogram_count(sum(prometheus_http_request_duration_seconds)) > bool 0",
            "\"1\"");
      }
    }
  }

  private static void await(HttpClient client, String address, String query, String wanted)
      throws Exception {
    URI uri =
        URI.create(
            "http://"
                + address
                + "/api/v1/query?query="
                + URLEncoder.encode(query, StandardCharsets.UTF_8));
    String last = "";
    for (int attempt = 0; attempt < 200; attempt++) {
      last = client.send(HttpRequest.get(uri)).text();
      if (last.contains(wanted)) {
        return;
      }
      Thread.sleep(100);
    }
    throw new AssertionError(query + " at " + address + ": want " + wanted + ", got " + last);
  }

  private static int freePorts() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return Math.min(socket.getLocalPort(), 60_000);
    }
  }
}
