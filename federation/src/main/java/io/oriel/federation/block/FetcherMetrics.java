package io.oriel.federation.block;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// What is counted of views of a bucket, under Thanos' names `thanos_blocks_meta_*`. One per
/// registry.
public final class FetcherMetrics {
  private static final String PREFIX = "thanos_blocks_meta_";
  private static final double[] SECONDS = {0.01, 1, 10, 100, 300, 600, 1000};

  final Counter syncs;
  final Counter failures;
  final Counter cacheBusts;
  final Histogram seconds;
  final Gauge synced;
  final Gauge modified;

  public FetcherMetrics(PrometheusRegistry registry) {
    syncs =
        Counter.builder()
            .name(PREFIX + "syncs_total")
            .help("How often the bucket was looked at.")
            .register(registry);
    failures =
        Counter.builder()
            .name(PREFIX + "sync_failures_total")
            .help("How often looking at the bucket failed, in whole or in part.")
            .register(registry);
    cacheBusts =
        Counter.builder()
            .name(PREFIX + "base_cache_busts_total")
            .help("Blocks whose meta.json had changed since it was read.")
            .register(registry);
    seconds =
        Histogram.builder()
            .name(PREFIX + "sync_duration_seconds")
            .help("How long looking at the bucket took.")
            .classicUpperBounds(SECONDS)
            .register(registry);
    synced =
        Gauge.builder()
            .name(PREFIX + "synced")
            .help("Blocks by what became of them at the last look.")
            .labelNames("state")
            .register(registry);
    modified =
        Gauge.builder()
            .name(PREFIX + "modified")
            .help("Blocks whose meta.json is taken otherwise than it is written.")
            .labelNames("modified")
            .register(registry);
    for (BlockState state : BlockState.values()) {
      synced.labelValues(state.word());
    }
    modified.labelValues("replica-label-removed");
  }
}
