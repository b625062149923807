package io.oriel.federation.upload;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// What is counted of early blocks, `oriel_shipper_early_*`. One per registry.
public final class EarlyMetrics {
  private static final String PREFIX = "oriel_shipper_early_";

  final Counter uploads;
  final Counter failures;
  final Counter retired;
  final Gauge coveredUntil;

  public EarlyMetrics(PrometheusRegistry registry) {
    uploads = counter(registry, "uploads_total", "Early blocks uploaded.");
    failures = counter(registry, "failures_total", "Looks that were cut short by a failure.");
    retired = counter(registry, "retired_total", "Early blocks that a full block replaced.");
    coveredUntil =
        Gauge.builder()
            .name(PREFIX + "covered_until_timestamp_seconds")
            .help("Up to when samples are in the bucket, early blocks included, Unix seconds.")
            .register(registry);
  }

  private static Counter counter(PrometheusRegistry registry, String name, String help) {
    return Counter.builder().name(PREFIX + name).help(help).register(registry);
  }
}
