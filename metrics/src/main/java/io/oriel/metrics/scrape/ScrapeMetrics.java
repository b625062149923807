package io.oriel.metrics.scrape;

import io.oriel.model.metric.MetricMetadata;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/// What scraping counts, under Prometheus' names. Thread-safe.
public final class ScrapeMetrics {
  final Summary intervalLength;
  final Counter poolSyncs;
  final Counter poolExceededTargetLimit;
  final Gauge poolTargets;
  final Gauge poolTargetLimit;
  final Counter syncFailed;
  final RefusalMetrics refused;
  final Counter pools;
  final Counter poolFailed;
  final Counter poolReloads;

  /** Set once, by the scrapes that these metrics are of. */
  private volatile Supplier<Map<String, List<TargetStatus>>> active = Map::of;

  public ScrapeMetrics(PrometheusRegistry registry) {
    intervalLength = intervals(registry);
    poolSyncs =
        counter(
            registry,
            "prometheus_target_scrape_pool_sync_total",
            "Total number of syncs that were executed on a scrape pool.",
            "scrape_job");
    poolExceededTargetLimit =
        counter(
            registry,
            "prometheus_target_scrape_pool_exceeded_target_limit_total",
            "Total number of times scrape pools hit the target limit, during sync or config reload.");
    poolTargets =
        gauge(
            registry,
            "prometheus_target_scrape_pool_targets",
            "Current number of targets in this scrape pool.",
            "scrape_job");
    poolTargetLimit =
        gauge(
            registry,
            "prometheus_target_scrape_pool_target_limit",
            "Maximum number of targets allowed in this scrape pool.",
            "scrape_job");
    syncFailed =
        counter(
            registry,
            "prometheus_target_sync_failed_total",
            "Total number of target sync failures.",
            "scrape_job");
    refused = new RefusalMetrics(registry);
    pools =
        counter(
            registry,
            "prometheus_target_scrape_pools_total",
            "Total number of scrape pool creation attempts.");
    poolFailed =
        counter(
            registry,
            "prometheus_target_scrape_pools_failed_total",
            "Total number of scrape pool creations that failed.");
    poolReloads =
        counter(
            registry,
            "prometheus_target_scrape_pool_reloads_total",
            "Total number of scrape pool reloads.");
    metadataCache(
        registry,
        "prometheus_target_metadata_cache_entries",
        "Total number of metric metadata entries in the cache",
        Map::size);
    metadataCache(
        registry,
        "prometheus_target_metadata_cache_bytes",
        "The number of bytes that are currently used for storing metric metadata in the cache",
        ScrapeMetrics::bytes);
  }

  private void metadataCache(
      PrometheusRegistry registry,
      String name,
      String help,
      ToIntFunction<Map<String, MetricMetadata>> size) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames("scrape_job")
        .callback(
            gauge ->
                active
                    .get()
                    .forEach(
                        (job, targets) ->
                            gauge.call(
                                targets.stream()
                                    .mapToInt(target -> size.applyAsInt(target.metadata()))
                                    .sum(),
                                job)))
        .register(registry);
  }

  private static int bytes(Map<String, MetricMetadata> metadata) {
    int bytes = 0;
    for (Map.Entry<String, MetricMetadata> entry : metadata.entrySet()) {
      MetricMetadata told = entry.getValue();
      bytes += entry.getKey().length() + told.type().word().length();
      bytes += told.help().length() + told.unit().length();
    }
    return bytes;
  }

  /// Says where to look for the metadata that targets told.
  void watch(Supplier<Map<String, List<TargetStatus>>> targets) {
    active = targets;
  }

  private static Summary intervals(PrometheusRegistry registry) {
    return Summary.builder()
        .name("prometheus_target_interval_length_seconds")
        .help("Actual intervals between scrapes.")
        .labelNames("interval")
        .quantile(0.01, 0.001)
        .quantile(0.05, 0.005)
        .quantile(0.5, 0.05)
        .quantile(0.9, 0.01)
        .quantile(0.99, 0.001)
        .register(registry);
  }

  static Counter counter(PrometheusRegistry registry, String name, String help, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
  }

  private static Gauge gauge(
      PrometheusRegistry registry, String name, String help, String... labels) {
    return Gauge.builder().name(name).help(help).labelNames(labels).register(registry);
  }
}
