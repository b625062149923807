package io.oriel.metrics.queue;

import java.util.Collection;

/// One queue's share of the metrics. Thread-safe.
final class QueueCounts {
  /// How many of each kind.
  record Sizes(int samples, int histograms, int exemplars) {
    static Sizes of(Collection<Item> items) {
      int samples = 0;
      int histograms = 0;
      int exemplars = 0;
      for (Item item : items) {
        switch (item) {
          case Item.Sample _ -> samples++;
          case Item.Histogram _ -> histograms++;
          case Item.Example _ -> exemplars++;
        }
      }
      return new Sizes(samples, histograms, exemplars);
    }

    /// What is left of this without {@code part}, nothing below zero.
    Sizes minus(Sizes part) {
      return new Sizes(
          Math.max(0, samples - part.samples),
          Math.max(0, histograms - part.histograms),
          Math.max(0, exemplars - part.exemplars));
    }

    int all() {
      return samples + histograms + exemplars;
    }
  }

  final QueueMetrics metrics;
  private final String name;
  private final String url;

  QueueCounts(QueueMetrics metrics, String name, String url) {
    this.metrics = metrics;
    this.name = name;
    this.url = url;
  }

  void sent(Sizes sizes) {
    metrics.samples.sent.labelValues(name, url).inc(sizes.samples);
    metrics.histograms.sent.labelValues(name, url).inc(sizes.histograms);
    metrics.exemplars.sent.labelValues(name, url).inc(sizes.exemplars);
  }

  void failed(Sizes sizes) {
    metrics.samples.failed.labelValues(name, url).inc(sizes.samples);
    metrics.histograms.failed.labelValues(name, url).inc(sizes.histograms);
    metrics.exemplars.failed.labelValues(name, url).inc(sizes.exemplars);
  }

  void retried(Sizes sizes) {
    metrics.samples.retried.labelValues(name, url).inc(sizes.samples);
    metrics.histograms.retried.labelValues(name, url).inc(sizes.histograms);
    metrics.exemplars.retried.labelValues(name, url).inc(sizes.exemplars);
  }

  void dropped(Sizes sizes, DropReason reason) {
    if (sizes.samples > 0) {
      metrics.samples.dropped.labelValues(name, url, reason.word()).inc(sizes.samples);
    }
    if (sizes.histograms > 0) {
      metrics.histograms.dropped.labelValues(name, url, reason.word()).inc(sizes.histograms);
    }
    if (sizes.exemplars > 0) {
      metrics.exemplars.dropped.labelValues(name, url, reason.word()).inc(sizes.exemplars);
    }
  }

  /// @param sign one when they begin to wait, minus one when they no longer do
  void pending(Sizes sizes, int sign) {
    metrics.samples.pending.labelValues(name, url).inc((double) sign * sizes.samples);
    metrics.histograms.pending.labelValues(name, url).inc((double) sign * sizes.histograms);
    metrics.exemplars.pending.labelValues(name, url).inc((double) sign * sizes.exemplars);
  }

  void bytes(int compressed) {
    metrics.bytes.labelValues(name, url).inc(compressed);
  }

  void batch(double seconds) {
    metrics.batchDuration.labelValues(name, url).observe(seconds);
  }

  void enqueueRetried() {
    metrics.enqueueRetries.labelValues(name, url).inc();
  }

  void metadataSent(int entries, int compressed) {
    metrics.metadataSent.labelValues(name, url).inc(entries);
    metrics.metadataBytes.labelValues(name, url).inc(compressed);
  }

  void metadataFailed(int entries) {
    metrics.metadataFailed.labelValues(name, url).inc(entries);
  }

  void metadataRetried(int entries) {
    metrics.metadataRetried.labelValues(name, url).inc(entries);
  }

  void shards(int running, double desired) {
    metrics.shards.labelValues(name, url).set(running);
    metrics.desiredShards.labelValues(name, url).set(desired);
  }

  void settings(int min, int max, int capacity, int perSend) {
    metrics.minShards.labelValues(name, url).set(min);
    metrics.maxShards.labelValues(name, url).set(max);
    metrics.shardCapacity.labelValues(name, url).set(capacity);
    metrics.maxSamplesPerSend.labelValues(name, url).set(perSend);
  }

  /// @param lost segments since the last call
  void log(int segment, long lost) {
    metrics.log.segment.labelValues(name).set(segment);
    metrics.log.segmentsLost.labelValues(name, url).inc(lost);
  }

  void logFailed() {
    metrics.log.failures.labelValues(name).inc();
  }

  void highest(long millis) {
    metrics.highestSeconds.labelValues(name, url).set(seconds(millis));
    metrics.highestInSeconds.set(seconds(millis));
  }

  void highestSent(long millis) {
    metrics.highestSentSeconds.labelValues(name, url).set(seconds(millis));
  }

  void remove() {
    metrics.remove(name, url);
  }

  private static double seconds(long millis) {
    return (double) Math.floorDiv(millis, 1000);
  }
}
