package io.oriel.federation.bucket;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// What is counted per operation, under Thanos' names: `thanos_objstore_bucket_*` with labels
/// `bucket` and `operation`. One for all buckets of a registry.
public final class BucketMetrics {
  private static final String PREFIX = "thanos_objstore_bucket_";
  private static final double[] SECONDS = {
    0.001, 0.01, 0.1, 0.3, 0.6, 1, 3, 6, 9, 20, 30, 60, 90, 120
  };

  final Counter operations;
  final Counter failures;
  final Counter fetchedBytes;
  final Histogram transferredBytes;
  final Histogram seconds;
  final Gauge lastUpload;
  final Counter hedged;

  public BucketMetrics(PrometheusRegistry registry) {
    operations =
        counter(registry, "operations_total", "Operations against a bucket that were tried.");
    failures =
        counter(
            registry,
            "operation_failures_total",
            "Operations that failed, but for objects that are not there.");
    fetchedBytes =
        counter(registry, "operation_fetched_bytes_total", "Bytes fetched from a bucket.");
    transferredBytes =
        Histogram.builder()
            .name(PREFIX + "operation_transferred_bytes")
            .help("Bytes transferred from or to a bucket per operation.")
            .labelNames("bucket", "operation")
            .classicExponentialUpperBounds(2 << 14, 2, 16)
            .register(registry);
    seconds =
        Histogram.builder()
            .name(PREFIX + "operation_duration_seconds")
            .help("Duration of successful operations, reading what was got included.")
            .labelNames("bucket", "operation")
            .classicUpperBounds(SECONDS)
            .register(registry);
    lastUpload =
        Gauge.builder()
            .name(PREFIX + "last_successful_upload_time")
            .help("When the last upload succeeded, Unix seconds.")
            .labelNames("bucket")
            .register(registry);
    hedged =
        Counter.builder()
            .name("oriel_objstore_bucket_hedged_reads_total")
            .help("Reads that were sent again because the first was slow.")
            .labelNames("bucket")
            .register(registry);
  }

  private static Counter counter(PrometheusRegistry registry, String name, String help) {
    return Counter.builder()
        .name(PREFIX + name)
        .help(help)
        .labelNames("bucket", "operation")
        .register(registry);
  }
}
