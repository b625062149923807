package io.oriel.app.topology;

import io.oriel.logs.ship.Shipper;
import io.oriel.model.error.OrielException;
import io.oriel.search.node.SearchNode;
import io.oriel.traces.batch.Delivery;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The prometheus.yml that `up` writes for one replica: ordinary, readable, and free to be looked
/// at.
final class ClusterConfig {
  private ClusterConfig() {}

  /// What the replica scrapes: its cluster's roles, the machine, and the cluster's further targets.
  static String yaml(
      Topology topology, Topology.Cluster cluster, int replica, Addresses addresses) {
    Addresses.ClusterAddresses own = addresses.of(cluster.name());
    StringBuilder jobs = new StringBuilder();
    job(jobs, cluster, "oriel-metrics", own.metrics().stream().map(Address::http).toList());
    job(jobs, cluster, "oriel-store", List.of(own.store().http()));
    job(jobs, cluster, "oriel-compact", List.of(own.compact().http()));
    job(jobs, cluster, "oriel-query", List.of(own.query().http()));
    if (topology.isOperations(cluster)) {
      job(jobs, cluster, "oriel-global-query", List.of(addresses.globalQuery().http()));
      job(jobs, cluster, "oriel-pki", List.of(addresses.pki()));
    }
    if (topology.hasLogs()) {
      job(jobs, cluster, "oriel-ship", List.of(own.ship()));
      if (topology.isOperations(cluster)) {
        job(jobs, cluster, "oriel-search", List.of(addresses.logs().search()));
        job(jobs, cluster, "oriel-gateway", List.of(addresses.logs().gatewayOperations()));
      }
    }
    if (topology.hasTraces()) {
      traces(jobs, topology, cluster, addresses);
    }
    job(jobs, cluster, "node", List.of(addresses.hostExporter()));
    if (!cluster.targets().isEmpty()) {
      jobs.append(
          """
          - job_name: targets
            static_configs:
              - targets: [%s]
          """
              .formatted(quoted(cluster.targets()))
              .indent(2));
    }
    return """
        # written by oriel up; changes are lost at its next start
        global:
          scrape_interval: %dms
          evaluation_interval: %1$dms
          scrape_native_histograms: true
          always_scrape_classic_histograms: true
          external_labels:
            cluster: %s
            environment: %s
            replica: "%d"
        rule_files: [rules.yml, alerts-*.yml]
        scrape_configs:
        %s"""
        .formatted(
            topology.scrapeIntervalMillis(), cluster.name(), cluster.environment(), replica, jobs);
  }

  /// The collector's own metrics, and apart from them the rates of the spans it took.
  private static void traces(
      StringBuilder jobs, Topology topology, Topology.Cluster cluster, Addresses addresses) {
    Addresses.CollectAddresses collect = addresses.of(cluster.name()).collect();
    job(jobs, cluster, "oriel-collect", List.of(collect.operations()));
    jobs.append(
        """
        - job_name: span-metrics
          metrics_path: /metrics/spans
          static_configs:
            - targets: ['%s']
              labels: {cluster: %s, environment: %s}
        """
            .formatted(collect.operations(), cluster.name(), cluster.environment())
            .indent(2));
    if (topology.isOperations(cluster)) {
      job(jobs, cluster, "oriel-traces", List.of(addresses.traces().http()));
    }
  }

  private static void job(
      StringBuilder jobs, Topology.Cluster cluster, String name, List<String> targets) {
    jobs.append(
        """
        - job_name: %s
          static_configs:
            - targets: [%s]
              labels: {cluster: %s, environment: %s}
        """
            .formatted(name, quoted(targets), cluster.name(), cluster.environment())
            .indent(2));
  }

  /// A few rules about the cluster itself.
  static String rules() {
    return """
        groups:
          - name: oriel
            rules:
              - record: instance:node_cpu:ratio
                expr: 1 - avg without (cpu, mode) (rate(node_cpu_seconds_total{mode="idle"}[1m]))
              - alert: TargetDown
                expr: up == 0
                for: 1m
                labels: {severity: warning}
                annotations:
                  summary: "{{ $labels.job }} on {{ $labels.instance }} does not answer"
        """;
  }

  /// Alerts about shippers, collectors and the search engine, by file name; each module brings its
  /// own.
  static Map<String, String> alerts(Topology topology, Topology.Cluster cluster)
      throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    if (topology.hasLogs()) {
      files.put("alerts-ship.yml", resource(Shipper.class, "alerts.yml"));
      if (topology.isOperations(cluster)) {
        files.put(
            "alerts-search.yml", resource(SearchNode.class, "/io/oriel/search/rules/search.yaml"));
      }
    }
    if (topology.hasTraces()) {
      files.put("alerts-collect.yml", resource(Delivery.class, "alerts.yml"));
    }
    return files;
  }

  private static String resource(Class<?> of, String name) throws IOException {
    try (InputStream in = of.getResourceAsStream(name)) {
      if (in == null) {
        throw OrielException.bug("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String quoted(List<String> addresses) {
    return addresses.stream().map(address -> "'" + address + "'").collect(Collectors.joining(", "));
  }
}
