package io.oriel.federation.compact;

import io.oriel.federation.downsample.Resolution;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;

/// What is counted of keeping a bucket, under Thanos' names `thanos_compact_*`. One per registry.
/// `thanos_compact_halted` is there for its alert and always 0.
public final class CompactorMetrics {
  private static final String PREFIX = "thanos_compact_";
  private static final double[] SHORT_SECONDS = {0.01, 0.1, 1, 10, 60, 300, 600};
  private static final double[] SECONDS = {60, 300, 900, 1800, 3600, 7200, 14400};

  final Counter iterations;
  final Counter compactions;
  final Counter compactionFailures;
  final Counter runsStarted;
  final Counter runsCompleted;
  final Counter verticalCompactions;
  final Counter garbageRuns;
  final Counter garbageFailures;
  final Histogram garbageSeconds;
  final Counter garbageBlocks;
  final Counter marked;
  final Counter cleaned;
  final Counter cleanupFailures;
  final Counter cleanupLoops;
  final Counter partialDeletions;
  final Counter downsamples;
  final Counter downsampleFailures;
  final Histogram downsampleSeconds;
  final Gauge todoCompactions;
  final Gauge todoBlocks;
  final Gauge todoDownsamples;
  final Gauge todoDeletions;
  final Counter skipped;
  final Gauge leaseHeld;

  public CompactorMetrics(PrometheusRegistry registry) {
    iterations = counter(registry, "iterations_total", "Runs that ended without an error.");
    compactions = resolved(registry, "group_compactions_total", "Merges that made a block.");
    compactionFailures = resolved(registry, "group_compactions_failures_total", "Merges failed.");
    runsStarted =
        resolved(registry, "group_compaction_runs_started_total", "Streams that were begun.");
    runsCompleted =
        resolved(registry, "group_compaction_runs_completed_total", "Streams that were finished.");
    verticalCompactions =
        resolved(registry, "group_vertical_compactions_total", "Merges of overlapping blocks.");
    garbageRuns = counter(registry, "garbage_collection_total", "Looks for garbage.");
    garbageFailures =
        counter(registry, "garbage_collection_failures_total", "Looks for garbage that failed.");
    garbageSeconds =
        seconds("garbage_collection_duration_seconds", "How long looking for garbage took.")
            .classicUpperBounds(SHORT_SECONDS)
            .register(registry);
    garbageBlocks =
        counter(registry, "garbage_collected_blocks_total", "Duplicates marked for deletion.");
    marked =
        Counter.builder()
            .name(PREFIX + "blocks_marked_total")
            .help("Marks that were set.")
            .labelNames("marker", "reason")
            .register(registry);
    cleaned = counter(registry, "blocks_cleaned_total", "Blocks deleted.");
    cleanupFailures = counter(registry, "block_cleanup_failures_total", "Deletions that failed.");
    cleanupLoops = counter(registry, "block_cleanup_loops_total", "Looks for what to delete.");
    partialDeletions =
        counter(
            registry,
            "aborted_partial_uploads_deletion_attempts_total",
            "Deletions of directories that never became blocks.");
    downsamples = resolved(registry, "downsample_total", "Blocks downsampled.");
    downsampleFailures = resolved(registry, "downsample_failures_total", "Downsamplings failed.");
    downsampleSeconds =
        seconds("downsample_duration_seconds", "How long downsampling a block took.")
            .labelNames("resolution")
            .classicUpperBounds(SECONDS)
            .register(registry);
    todoCompactions = gauge(registry, "todo_compactions", "Merges to be done.");
    todoBlocks = gauge(registry, "todo_compaction_blocks", "Blocks to be merged.");
    todoDownsamples = gauge(registry, "todo_downsample_blocks", "Blocks to be downsampled.");
    todoDeletions = gauge(registry, "todo_deletion_blocks", "Blocks past their retention.");
    gauge(registry, "halted", "1 when compaction has stopped for good.").set(0);
    skipped =
        Counter.builder()
            .name("oriel_compact_skipped_plans_total")
            .help("Merges and downsamplings that were not tried.")
            .labelNames("reason")
            .register(registry);
    leaseHeld =
        Gauge.builder()
            .name("oriel_compact_lease_held")
            .help("1 while this compactor has the bucket's lease.")
            .register(registry);
    showAll();
  }

  /// Makes every counter be there from the start, so that alerts on rates see the first event.
  private void showAll() {
    for (Resolution resolution : Resolution.values()) {
      String millis = Long.toString(resolution.millis());
      for (Counter counter :
          List.of(
              compactions, compactionFailures, runsStarted, runsCompleted, verticalCompactions)) {
        counter.initLabelValues(millis);
      }
      downsamples.initLabelValues(millis);
      downsampleFailures.initLabelValues(millis);
    }
  }

  private static Histogram.Builder seconds(String name, String help) {
    return Histogram.builder().name(PREFIX + name).help(help);
  }

  private static Counter counter(PrometheusRegistry registry, String name, String help) {
    return Counter.builder().name(PREFIX + name).help(help).register(registry);
  }

  private static Counter resolved(PrometheusRegistry registry, String name, String help) {
    return Counter.builder()
        .name(PREFIX + name)
        .help(help)
        .labelNames("resolution")
        .register(registry);
  }

  private static Gauge gauge(PrometheusRegistry registry, String name, String help) {
    return Gauge.builder().name(PREFIX + name).help(help).register(registry);
  }
}
