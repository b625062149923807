package io.oriel.metrics.discovery;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// What discovery counts, under Prometheus' names. Thread-safe.
public final class DiscoveryMetrics {
  final Gauge discoveredTargets;
  final Gauge failedConfigs;
  final Counter updates;
  final Counter refreshFailures;
  final Summary refreshDuration;
  final Counter fileErrors;
  final Counter dnsLookups;
  final Counter dnsFailures;
  final Counter httpFailures;
  final Counter kubernetesEvents;
  final Counter kubernetesFailures;

  public DiscoveryMetrics(PrometheusRegistry registry) {
    discoveredTargets =
        Gauge.builder()
            .name("prometheus_sd_discovered_targets")
            .help("Current number of discovered targets.")
            .labelNames("name", "config")
            .register(registry);
    failedConfigs =
        Gauge.builder()
            .name("prometheus_sd_failed_configs")
            .help("Current number of service discovery configurations that failed to load.")
            .labelNames("name")
            .register(registry);
    updates =
        Counter.builder()
            .name("prometheus_sd_updates_total")
            .help("Total number of update events sent to the SD consumers.")
            .labelNames("name")
            .register(registry);
    refreshFailures =
        Counter.builder()
            .name("prometheus_sd_refresh_failures_total")
            .help("Number of refresh failures for the given SD mechanism.")
            .labelNames("mechanism", "config")
            .register(registry);
    refreshDuration =
        Summary.builder()
            .name("prometheus_sd_refresh_duration_seconds")
            .help("The duration of a refresh in seconds for the given SD mechanism.")
            .quantile(0.5, 0.05)
            .quantile(0.9, 0.01)
            .quantile(0.99, 0.001)
            .labelNames("mechanism", "config")
            .register(registry);
    fileErrors = counter(registry, "file_read_errors_total", "The number of File-SD read errors.");
    dnsLookups = counter(registry, "dns_lookups_total", "The number of DNS-SD lookups.");
    dnsFailures =
        counter(registry, "dns_lookup_failures_total", "The number of DNS-SD lookup failures.");
    httpFailures =
        counter(
            registry, "http_failures_total", "Number of HTTP service discovery refresh failures.");
    kubernetesEvents =
        Counter.builder()
            .name("prometheus_sd_kubernetes_events_total")
            .help("The number of Kubernetes events handled.")
            .labelNames("role", "event")
            .register(registry);
    kubernetesFailures =
        counter(registry, "kubernetes_failures_total", "The number of failed WATCH/LIST requests.");
  }

  private static Counter counter(PrometheusRegistry registry, String name, String help) {
    return Counter.builder().name("prometheus_sd_" + name).help(help).register(registry);
  }
}
