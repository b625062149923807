package io.oriel.app.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.role.collect.CollectPort;
import io.oriel.metrics.config.PrometheusConfig;
import io.oriel.model.labels.Labels;
import io.oriel.runtime.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
            logs: [/var/log/*.log]
          - name: prod-01
        search_engine: http://127.0.0.1:9200
        traces:
          sampling: {prod: 0.03}
        """);
    Topology topology = Topology.load(file);
    assertEquals("prod", topology.clusters().get(1).environment());
    assertEquals(2, topology.clusters().get(1).replicas());
    assertEquals(List.of("/var/log/*.log"), topology.clusters().get(0).logs());
    assertEquals("http://127.0.0.1:9200", topology.searchEngine());
    assertTrue(topology.hasTraces());
    assertEquals(0.03, topology.traces().samplingIn("prod"));
    assertEquals(0.1, topology.traces().samplingIn("dev"));
    assertEquals(0.05, topology.traces().samplingIn("stag"));

    Files.writeString(
        file, "clusters: [{name: dev-01}]\ntraces: {enabled: false, sampling: {prod: 2}}\n");
    ConfigException odd = assertThrows(ConfigException.class, () -> Topology.load(file));
    assertTrue(odd.reason().contains("traces.sampling.prod: got 2.0, want 0 to 1"), odd::reason);
    assertTrue(odd.reason().contains("no cluster is of this environment"), odd::reason);
    Files.writeString(file, "clusters: [{name: dev-01}]\ntraces: {enabled: false}\n");
    assertFalse(Topology.load(file).hasTraces());
    Files.writeString(file, "clusters: [{name: dev-01}]\nsearch_engine: none\n");
    assertFalse(Topology.load(file).hasTraces(), "there is nowhere to keep them");

    Files.writeString(
        file, "search_engine: solr\nclusters:\n  - {name: A, replicas: 99}\n  - {nam: b}\n");
    ConfigException refused = assertThrows(ConfigException.class, () -> Topology.load(file));
    assertTrue(refused.reason().contains("t.yaml:3: clusters[0].replicas: got 99, want 1 to 9"));
    assertTrue(refused.reason().contains("search_engine: got solr"), refused::reason);
    assertTrue(refused.reason().contains("did you mean \"name\""), refused::reason);
  }

  @Test
  void writesAConfigThatIsAccepted(@TempDir Path directory) throws IOException {
    Topology.Cluster cluster =
        new Topology.Cluster(
            "dev-01", "dev", 2, "15d", Topology.LongTerm.standard(), List.of("h:1"), List.of());
    Topology topology = new Topology(List.of(cluster), "", 5000, "dev-01", Topology.EMBEDDED);
    String yaml = ClusterConfig.yaml(topology, cluster, 1, Addresses.of(topology, 9000));

    PrometheusConfig config =
        PrometheusConfig.parse(directory.resolve("prometheus.yml"), yaml, _ -> "");

    assertEquals(
        Labels.of("cluster", "dev-01", "environment", "dev", "replica", "1"),
        config.global().externalLabels());
    assertEquals(
        List.of(
            "oriel-metrics",
            "oriel-store",
            "oriel-compact",
            "oriel-query",
            "oriel-global-query",
            "oriel-pki",
            "oriel-ship",
            "oriel-search",
            "oriel-gateway",
            "oriel-collect",
            "span-metrics",
            "oriel-traces",
            "node",
            "targets"),
        config.scrapeConfigs().stream().map(job -> job.job()).toList());
  }

  @Test
  void collectorsTakeTenPortsEachBehindARoundHundred() {
    List<Topology.Cluster> clusters = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clusters.add(
          new Topology.Cluster(
              "c-" + i, "dev", 2, "15d", Topology.LongTerm.standard(), List.of(), List.of()));
    }
    Addresses addresses =
        Addresses.of(new Topology(clusters, "", 5000, "c-3", Topology.EMBEDDED), 9900);

    assertEquals(
        "127.0.0.1:10000", addresses.clusters().get(0).collect().of(CollectPort.OTLP_GRPC));
    assertEquals(
        "127.0.0.1:10031", addresses.clusters().get(3).collect().of(CollectPort.OTLP_HTTP));
    assertEquals("127.0.0.1:10039", addresses.clusters().get(3).collect().operations());
    assertEquals(new Address("127.0.0.1:10040", "127.0.0.1:10041"), addresses.traces());

    List<Topology.Cluster> many = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      many.add(
          new Topology.Cluster(
              "c-" + i, "dev", 9, "15d", Topology.LongTerm.standard(), List.of(), List.of()));
    }
    Addresses wide = Addresses.of(new Topology(many, "", 5000, "c-3", Topology.EMBEDDED), 9900);
    assertEquals("127.0.0.1:10200", wide.clusters().get(0).collect().of(CollectPort.OTLP_GRPC));
    assertTrue(wide.globalQuery().grpc().compareTo("127.0.0.1:10200") < 0, wide::toString);
  }
}
