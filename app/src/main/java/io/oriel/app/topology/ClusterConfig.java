package io.oriel.app.topology;

import java.util.List;
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
        rule_files: [rules.yml]
        scrape_configs:
        %s"""
        .formatted(
            topology.scrapeIntervalMillis(), cluster.name(), cluster.environment(), replica, jobs);
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

  private static String quoted(List<String> addresses) {
    return addresses.stream().map(address -> "'" + address + "'").collect(Collectors.joining(", "));
  }
}
