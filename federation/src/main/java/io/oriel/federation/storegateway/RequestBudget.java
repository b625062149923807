package io.oriel.federation.storegateway;

import io.oriel.model.error.LimitExceeded;
import java.util.concurrent.atomic.AtomicLong;

/// What one request has taken of what it may take. Thread-safe: its blocks are read side by side.
final class RequestBudget {
  static final int SAMPLES_PER_CHUNK = 120;

  private final GatewayOptions.Limits limits;
  private final GatewayMetrics metrics;
  private final AtomicLong series = new AtomicLong();
  private final AtomicLong chunks = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  RequestBudget(GatewayOptions.Limits limits, GatewayMetrics metrics) {
    this.limits = limits;
    this.metrics = metrics;
  }

  /// Takes so many series.
  ///
  /// @throws LimitExceeded when there are too many now; likewise below
  void takeSeries(long count) {
    long now = series.addAndGet(count);
    check("series", "--store.limits.request-series", limits.series(), now);
  }

  void takeChunks(long count) {
    long now = chunks.addAndGet(count) * SAMPLES_PER_CHUNK;
    check("chunks", "--store.limits.request-samples", limits.samples(), now);
  }

  void takeBytes(long count) {
    long now = bytes.addAndGet(count);
    check("bytes", "--store.grpc.downloaded-bytes-limit", limits.downloadedBytes(), now);
  }

  private void check(String reason, String limit, long most, long now) {
    if (most > 0 && now > most) {
      metrics.dropped.labelValues(reason).inc();
      throw new LimitExceeded(limit, most, now);
    }
  }

  long bytes() {
    return bytes.get();
  }
}
