package io.oriel.metrics.queue;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.List;

/// What all queues count, under Prometheus' names; labelled by the queue's name and URL.
/// Thread-safe.
public final class QueueMetrics {
  private static final String PREFIX = "prometheus_remote_storage_";

  /// The same four counts for one kind of payload.
  static final class Payload {
    final Counter sent;
    final Counter failed;
    final Counter retried;
    final Counter dropped;
    final Gauge pending;

    private Payload(QueueMetrics all, PrometheusRegistry registry, String what) {
      sent =
          all.counter(
              registry, what + "_total", "Total number of " + what + " sent to remote storage.");
      failed =
          all.counter(
              registry,
              what + "_failed_total",
              "Total number of "
                  + what
                  + " which failed on send to remote storage, non-recoverable errors.");
      retried =
          all.counter(
              registry,
              what + "_retried_total",
              "Total number of "
                  + what
                  + " which failed on send to remote storage but were retried because the send"
                  + " error was recoverable.");
      dropped =
          Counter.builder()
              .name(PREFIX + what + "_dropped_total")
              .help(
                  "Total number of "
                      + what
                      + " which were dropped after being read from the WAL before being sent via"
                      + " remote write.")
              .labelNames("remote_name", "url", "reason")
              .register(registry);
      pending =
          all.gauge(
              registry,
              what + "_pending",
              "The number of "
                  + what
                  + " pending in the queues shards to be sent to the remote storage.");
    }
  }

  /// How reading the log goes.
  static final class Log {
    final Counter segmentsLost;
    final Counter failures;
    final Gauge segment;

    private Log(PrometheusRegistry registry) {
      segmentsLost =
          Counter.builder()
              .name("oriel_remote_write_segments_lost_total")
              .help("Segments of the log that were removed before they were read to the end.")
              .labelNames("remote_name", "url")
              .register(registry);
      failures =
          Counter.builder()
              .name("prometheus_wal_watcher_record_decode_failures_total")
              .help("Times that the log could not be read or understood.")
              .labelNames("consumer")
              .register(registry);
      segment =
          Gauge.builder()
              .name("prometheus_wal_watcher_current_segment")
              .help("The segment of the log that is being read.")
              .labelNames("consumer")
              .register(registry);
    }
  }

  private final List<Counter> counters = new ArrayList<>();
  private final List<Gauge> gauges = new ArrayList<>();
  final Payload samples;
  final Payload histograms;
  final Payload exemplars;
  final Counter metadataSent;
  final Counter metadataFailed;
  final Counter metadataRetried;
  final Counter metadataBytes;
  final Counter bytes;
  final Counter enqueueRetries;
  final Gauge shards;
  final Gauge maxShards;
  final Gauge minShards;
  final Gauge desiredShards;
  final Gauge shardCapacity;
  final Gauge maxSamplesPerSend;
  final Gauge highestSeconds;
  final Gauge highestSentSeconds;
  final Histogram batchDuration;
  final Gauge highestInSeconds;
  final Log log;

  public QueueMetrics(PrometheusRegistry registry) {
    samples = new Payload(this, registry, "samples");
    histograms = new Payload(this, registry, "histograms");
    exemplars = new Payload(this, registry, "exemplars");
    metadataSent = counter(registry, "metadata_total", "Total number of metadata entries sent.");
    metadataFailed =
        counter(
            registry, "metadata_failed_total", "Total number of metadata entries not to be sent.");
    metadataRetried =
        counter(registry, "metadata_retried_total", "Total number of metadata entries sent again.");
    metadataBytes =
        counter(registry, "metadata_bytes_total", "Bytes of metadata sent, compressed.");
    bytes = counter(registry, "bytes_total", "Bytes of data sent, compressed, without metadata.");
    enqueueRetries =
        counter(
            registry,
            "enqueue_retries_total",
            "Total number of times enqueue has failed because a shards queue was full.");
    shards = gauge(registry, "shards", "The number of shards used for parallel sending.");
    maxShards = gauge(registry, "shards_max", "The most shards that the queue may run.");
    minShards = gauge(registry, "shards_min", "The fewest shards that the queue may run.");
    desiredShards =
        gauge(registry, "shards_desired", "The number of shards that the queue wants to run.");
    shardCapacity = gauge(registry, "shard_capacity", "The capacity of each shard of the queue.");
    maxSamplesPerSend =
        gauge(registry, "max_samples_per_send", "The most samples sent in one request.");
    highestSeconds =
        gauge(
            registry,
            "queue_highest_timestamp_seconds",
            "Highest timestamp that was enqueued, in seconds since epoch.");
    highestSentSeconds =
        gauge(
            registry,
            "queue_highest_sent_timestamp_seconds",
            "Highest timestamp successfully sent by this queue, in seconds since epoch.");
    batchDuration =
        Histogram.builder()
            .name(PREFIX + "sent_batch_duration_seconds")
            .help("Duration of send calls to the remote storage.")
            .classicUpperBounds(
                0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60, 120, 300)
            .labelNames("remote_name", "url")
            .register(registry);
    log = new Log(registry);
    highestInSeconds =
        Gauge.builder()
            .name(PREFIX + "highest_timestamp_in_seconds")
            .help("Highest timestamp that has come into the remote storage, in seconds.")
            .register(registry);
  }

  private Counter counter(PrometheusRegistry registry, String name, String help) {
    Counter counter =
        Counter.builder()
            .name(PREFIX + name)
            .help(help)
            .labelNames("remote_name", "url")
            .register(registry);
    counters.add(counter);
    return counter;
  }

  private Gauge gauge(PrometheusRegistry registry, String name, String help) {
    Gauge gauge =
        Gauge.builder()
            .name(PREFIX + name)
            .help(help)
            .labelNames("remote_name", "url")
            .register(registry);
    gauges.add(gauge);
    return gauge;
  }

  /// Forgets a queue that is gone.
  void remove(String name, String url) {
    counters.forEach(counter -> counter.remove(name, url));
    gauges.forEach(gauge -> gauge.remove(name, url));
    batchDuration.remove(name, url);
    log.segmentsLost.remove(name, url);
    log.failures.remove(name);
    log.segment.remove(name);
    for (Payload payload : List.of(samples, histograms, exemplars)) {
      for (DropReason reason : DropReason.values()) {
        payload.dropped.remove(name, url, reason.word());
      }
    }
  }
}
