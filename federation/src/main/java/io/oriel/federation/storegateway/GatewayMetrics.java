package io.oriel.federation.storegateway;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;

/// What a store gateway counts, under Thanos' names `thanos_bucket_store_*`; what Thanos has no
/// name for is called `oriel_bucket_store_*`. One per registry.
public final class GatewayMetrics {
  static final String PREFIX = "thanos_bucket_store_";
  static final String OWN = "oriel_bucket_store_";
  private static final List<String> DATA = List.of("postings", "series", "chunks");

  private static final double[] BLOCKS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000};
  private static final double[] SERIES = {1, 10, 100, 1e3, 1e4, 1e5, 1e6};

  /** Why a request was turned away. */
  static final List<String> LIMITS = List.of("series", "chunks", "bytes");

  final Counter blockLoads;
  final Counter blockLoadFailures;
  final Counter blockDrops;
  final Counter blockDropFailures;
  final Gauge blocksLoaded;
  final Gauge lastLoaded;
  final Gauge quarantined;
  final Counter quarantines;
  final Counter missing;
  final Histogram dataTouched;
  final Histogram dataFetched;
  final Histogram bytesFetched;
  final Histogram blocksQueried;
  final Histogram getAllSeconds;
  final Histogram resultSeries;
  final Histogram gateSeconds;
  final Gauge gateMax;
  final Gauge gateInFlight;
  final Counter dropped;
  final IndexMetrics index;
  final Counter seriesRefetches;
  final Counter chunkRefetches;

  public GatewayMetrics(PrometheusRegistry registry) {
    MetricMaker make = new MetricMaker(registry);
    index = new IndexMetrics(make);
    blockLoads = make.counter(PREFIX + "block_loads_total", "Attempts to load a block.");
    blockLoadFailures = make.counter(PREFIX + "block_load_failures_total", "Blocks not loaded.");
    blockDrops = make.counter(PREFIX + "block_drops_total", "Blocks let go.");
    blockDropFailures =
        make.counter(PREFIX + "block_drop_failures_total", "Blocks not let go cleanly.");
    blocksLoaded = make.gauge(PREFIX + "blocks_loaded", "Blocks that are served.");
    lastLoaded =
        make.gauge(
            PREFIX + "blocks_last_loaded_timestamp_seconds", "When a block was loaded last.");
    quarantined =
        make.gauge(OWN + "blocks_quarantined", "Blocks set aside because they are damaged.");
    quarantines =
        make.counter(OWN + "block_quarantines_total", "How often a block was set aside.", "reason");
    missing =
        make.counter(
            OWN + "missing_parts_total", "Parts that answers were given without.", "reason");
    dataTouched = make.items("series_data_touched", "Items looked at for a request.");
    dataFetched = make.items("series_data_fetched", "Items fetched from the bucket for a request.");
    bytesFetched = make.bytes("series_data_size_fetched_bytes", "Bytes fetched for a request.");
    blocksQueried =
        make.histogram(
            PREFIX + "series_blocks_queried", "Blocks that a request looked at.", BLOCKS);
    getAllSeconds =
        make.seconds("series_get_all_duration_seconds", "Until every block was prepared.");
    resultSeries = make.histogram(PREFIX + "series_result_series", "Series in an answer.", SERIES);
    gateSeconds =
        make.seconds("series_gate_duration_seconds", "How long requests waited for a place.");
    gateMax = make.gauge(PREFIX + "series_gate_queries_max", "Requests that may run at once.");
    gateInFlight = make.gauge(PREFIX + "series_gate_queries_in_flight", "Requests that run.");
    dropped = make.counter(PREFIX + "queries_dropped_total", "Requests beyond a limit.", "reason");
    seriesRefetches =
        make.counter(PREFIX + "series_refetches_total", "Series larger than was expected.");
    chunkRefetches =
        make.counter(PREFIX + "chunk_refetches_total", "Chunks larger than was expected.");
    DATA.forEach(
        type -> {
          dataTouched.labelValues(type);
          dataFetched.labelValues(type);
          bytesFetched.labelValues(type);
        });
    LIMITS.forEach(dropped::labelValues);
  }
}
