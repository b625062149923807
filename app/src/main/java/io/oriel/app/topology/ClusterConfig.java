package io.oriel.app.topology;

import java.util.List;
import java.util.stream.Collectors;

/// The prometheus.yml that `up` writes for one replica: ordinary, readable, and free to be looked
/// at.
final class ClusterConfig {
  private ClusterConfig() {}

  /// @param peers the addresses of all replicas of the cluster, this one included
  /// @param host the address of the host exporter
  static String yaml(
      Topology topology, Topology.Cluster cluster, int replica, List<String> peers, String host) {
    String extra =
        cluster.targets().isEmpty()
            ? ""
            : """
              - job_name: targets
                static_configs:
                  - targets: [%s]
            """
                .formatted(quoted(cluster.targets()));
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
          - job_name: oriel-metrics
            static_configs:
              - targets: [%s]
                labels: {cluster: %2$s, environment: %3$s}
          - job_name: node
            static_configs:
              - targets: [%s]
                labels: {cluster: %2$s, environment: %3$s}
        %s"""
        .formatted(
            topology.scrapeIntervalMillis(),
            cluster.name(),
            cluster.environment(),
            replica,
            quoted(peers),
            quoted(List.of(host)),
            extra.indent(1).replaceAll("(?m)^ ", ""));
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
