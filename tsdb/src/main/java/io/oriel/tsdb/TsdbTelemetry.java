package io.oriel.tsdb;

import io.oriel.tsdb.head.Head;
import io.oriel.tsdb.head.HeadFigures;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The database's own metrics, under upstream's names so that its dashboards and alerts work. Each
/// database needs a registry of its own.
public final class TsdbTelemetry {
  private static final String PREFIX = "prometheus_tsdb_";

  private final PrometheusRegistry registry;

  private TsdbTelemetry(PrometheusRegistry registry) {
    this.registry = registry;
  }

  /// Registers the figures of {@code db}, which must stay open as long as the registry is read.
  public static void register(PrometheusRegistry registry, Tsdb db) {
    new TsdbTelemetry(registry).register(db);
  }

  private void register(Tsdb db) {
    Head head = db.head();
    gauge("head_series", "Series in the head.", head::seriesCount);
    gauge("head_chunks", "Chunks in the head.", head::chunkCount);
    gauge("head_min_time", "First time of the head, milliseconds.", head::minTime);
    gauge("head_max_time", "Newest time in the head, milliseconds.", head::maxTime);
    gauge("blocks_loaded", "Blocks that are open.", () -> db.blocks().size());
    gauge("storage_blocks_bytes", "Bytes of all blocks.", db::blockBytes);
    gauge("lowest_timestamp", "Oldest time there may be samples of.", db::minTime);
    gauge("wal_segment_current", "The log segment being written.", () -> head.wal().segment());
    HeadFigures figures = head.figures();
    samples("head_samples_appended_total", "Samples committed.", figures::appended);
    samples(
        "head_out_of_order_samples_appended_total",
        "Samples committed out of order.",
        figures::appendedLate);
    samples("out_of_order_samples_total", "Samples refused as out of order.", figures::outOfOrder);
    samples("too_old_samples_total", "Samples refused as too old.", figures::tooOld);
    samples("out_of_bound_samples_total", "Samples older than the head.", figures::outOfBounds);
    gauge("head_chunks_storage_size_bytes", "Bytes of head chunks on disk.", head::chunkBytes);
    counter("mmap_chunks_total", "Head chunks put on disk.", head::chunksOnDisk);
    counter("mmap_chunk_corruptions_total", "Damaged head chunk files.", head::chunkCorruptions);
    counter("wal_corruptions_total", "Damages of the log that were repaired.", head::repairs);
    counter("compactions_total", "Compaction runs, failed ones too.", db::compactions);
    counter("compactions_failed_total", "Compaction runs that failed.", db::compactionsFailed);
    losses("oriel_tsdb_wal_records_skipped_total", "unknown_type", head::recordsSkipped);
    losses("oriel_tsdb_wal_samples_skipped_total", "unknown_series", head::samplesOfUnknownSeries);
    losses("oriel_tsdb_samples_dropped_total", "overtaken", figures::dropped);
    gauge("retention_limit_bytes", "Most bytes to keep.", () -> db.retention().bytes());
    gauge(
        "retention_limit_percentage",
        "Most of the disk to use, in hundredths.",
        () -> db.retention().percentage());
    gauge(
        "retention_limit_seconds",
        "How long samples are kept.",
        () -> db.retention().time().toMillis() / 1000.0);
  }

  private void losses(String name, String reason, LongSupplier count) {
    CounterWithCallback.builder()
        .name(name)
        .help("What was lost, by reason.")
        .labelNames("reason")
        .callback(callback -> callback.call((double) count.getAsLong(), reason))
        .register(registry);
  }

  private void samples(String name, String help, Supplier<HeadFigures.ByType> count) {
    CounterWithCallback.builder()
        .name(PREFIX + name)
        .help(help)
        .labelNames("type")
        .callback(
            callback -> {
              HeadFigures.ByType now = count.get();
              callback.call((double) now.floats(), "float");
              callback.call((double) now.histograms(), "histogram");
            })
        .register(registry);
  }

  private void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(PREFIX + name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }

  private void counter(String name, String help, DoubleSupplier value) {
    CounterWithCallback.builder()
        .name(PREFIX + name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }
}
