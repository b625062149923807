package io.oriel.app.role.metrics;

import io.oriel.metrics.config.PrometheusConfig;
import io.oriel.metrics.queue.QueueMetrics;
import io.oriel.metrics.queue.RemoteWrites;
import io.oriel.metrics.remote.RemoteReads;
import io.oriel.metrics.scrape.Scrapes;
import io.oriel.metrics.scrape.TargetStatus;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.series.Queryable;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// The `remote_write` and `remote_read` sections of a metrics role, running. Thread-safe; reloads
/// happen one at a time.
final class RemoteStorage implements AutoCloseable {
  private final Scrapes scrapes;
  private final RemoteReads reads;
  private final RemoteWrites writes;

  /// @param local is tailed, and answers together with the remote ones
  /// @param flushDeadline how long a queue that ends may go on sending
  RemoteStorage(
      OpeningStorage local,
      Scrapes scrapes,
      InstantSource clock,
      PrometheusRegistry registry,
      Duration flushDeadline) {
    this.scrapes = scrapes;
    reads =
        new RemoteReads(
            local,
            () -> local.tsdb().minTime(),
            System::nanoTime,
            MetricsRole.USER_AGENT,
            registry);
    writes =
        new RemoteWrites(
            new RemoteWrites.Environment(
                () -> local.tsdb().tail(),
                this::metadata,
                new QueueMetrics(registry),
                clock,
                System::nanoTime,
                Thread::sleep,
                new SplittableRandom(),
                flushDeadline,
                MetricsRole.USER_AGENT));
  }

  /// Local storage and every remote one as one.
  Queryable all() {
    return reads;
  }

  /// Goes on with {@code next}.
  void apply(PrometheusConfig next) throws IOException {
    reads.apply(next.remoteRead(), next.global().externalLabels());
    writes.apply(next.remoteWrite(), next.global().externalLabels());
  }

  /// What targets say of metrics, by name.
  Map<String, MetricMetadata> metadata() {
    Map<String, MetricMetadata> all = new TreeMap<>();
    for (List<TargetStatus> targets : scrapes.active().values()) {
      targets.forEach(target -> all.putAll(target.metadata()));
    }
    return all;
  }

  /// Sends what is still to be sent, and ends.
  @Override
  public void close() {
    writes.close();
    reads.close();
  }
}
