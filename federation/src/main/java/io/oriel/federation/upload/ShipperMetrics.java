package io.oriel.federation.upload;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// What is counted of uploads, under Thanos' names `thanos_shipper_*`. One per registry.
public final class ShipperMetrics {
  final Counter syncs;
  final Counter syncFailures;
  final Counter uploads;
  final Counter uploadFailures;
  final Counter corrupted;
  final Gauge compactedDone;
  final Gauge pending;

  public ShipperMetrics(PrometheusRegistry registry) {
    syncs = counter(registry, "thanos_shipper_dir_syncs_total", "Looks at the data directory.");
    syncFailures =
        counter(
            registry,
            "thanos_shipper_dir_sync_failures_total",
            "Looks at the data directory that were cut short.");
    uploads = counter(registry, "thanos_shipper_uploads_total", "Blocks uploaded.");
    uploadFailures =
        counter(registry, "thanos_shipper_upload_failures_total", "Blocks that were not uploaded.");
    corrupted =
        counter(
            registry,
            "thanos_shipper_corrupted_blocks_total",
            "Blocks that are damaged and were passed over.");
    compactedDone =
        gauge(
            registry,
            "thanos_shipper_upload_compacted_done",
            "1 when all compacted blocks are uploaded.");
    pending =
        gauge(
            registry,
            "oriel_shipper_pending_blocks",
            "Blocks in the data directory that are to be uploaded still.");
  }

  private static Counter counter(PrometheusRegistry registry, String name, String help) {
    return Counter.builder().name(name).help(help).register(registry);
  }

  private static Gauge gauge(PrometheusRegistry registry, String name, String help) {
    return Gauge.builder().name(name).help(help).register(registry);
  }
}
