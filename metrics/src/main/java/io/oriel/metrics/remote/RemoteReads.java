package io.oriel.metrics.remote;

import io.oriel.metrics.config.RemoteReadConfig;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Querier;
import io.oriel.model.series.Queryable;
import io.oriel.runtime.http.HttpClient;
import io.oriel.tsdb.query.MergedQuerier;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/// Local storage together with every `remote_read` of the config. Thread-safe.
///
/// A remote storage that cannot be read makes a warning; the rest is answered. Constructing
/// connects to nothing. Values of labels are asked of local storage only, as upstream.
public final class RemoteReads implements Queryable, AutoCloseable {
  /// What is counted of reading, under upstream's names. Thread-safe.
  static final class Metrics {
    final Counter reads;
    final Histogram duration;
    final Gauge running;

    Metrics(PrometheusRegistry registry) {
      reads =
          Counter.builder()
              .name("prometheus_remote_storage_read_queries_total")
              .help("The total number of remote read queries.")
              .labelNames("remote_name", "url", "response_type", "code")
              .register(registry);
      duration =
          Histogram.builder()
              .name("prometheus_remote_storage_read_request_duration_seconds")
              .help("Histogram of the latency for remote read requests.")
              .classicUpperBounds(
                  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60, 120)
              .labelNames("remote_name", "url", "response_type")
              .register(registry);
      running =
          Gauge.builder()
              .name("prometheus_remote_storage_remote_read_queries")
              .help("The number of in-flight remote read queries.")
              .labelNames("remote_name", "url")
              .register(registry);
    }
  }

  private final Queryable local;
  private final LongSupplier localStartMillis;
  private final LongSupplier nanoTime;
  private final String userAgent;
  private final Metrics metrics;

  /** Replaced as a whole by each reload. */
  private volatile List<RemoteReader> readers = List.of();

  /// @param localStartMillis the oldest time that local storage may have samples of
  public RemoteReads(
      Queryable local,
      LongSupplier localStartMillis,
      LongSupplier nanoTime,
      String userAgent,
      PrometheusRegistry registry) {
    this.local = local;
    this.localStartMillis = localStartMillis;
    this.nanoTime = nanoTime;
    this.userAgent = userAgent;
    this.metrics = new Metrics(registry);
  }

  /// Reads {@code configs} from now on; queries that run keep the ones they began with.
  ///
  /// @param external labels that the remote side has on all of ours
  /// @throws IOException when a certificate cannot be read; then nothing changes
  public synchronized void apply(List<RemoteReadConfig> configs, Labels external)
      throws IOException {
    List<RemoteReader> fresh = new ArrayList<>();
    try {
      for (RemoteReadConfig config : configs) {
        Labels filtered = config.filterExternalLabels() ? external : Labels.empty();
        fresh.add(
            new RemoteReader(
                config,
                filtered,
                HttpClient.create(config.client(), userAgent),
                metrics,
                nanoTime));
      }
    } catch (IOException | RuntimeException e) {
      fresh.forEach(RemoteReader::close);
      throw e;
    }
    List<RemoteReader> old = readers;
    readers = List.copyOf(fresh);
    old.forEach(RemoteReader::close);
  }

  @Override
  public Querier querier(long minMillis, long maxMillis) throws IOException {
    List<RemoteReader> now = readers;
    if (now.isEmpty()) {
      return local.querier(minMillis, maxMillis);
    }
    List<Querier> sources = new ArrayList<>();
    sources.add(local.querier(minMillis, maxMillis));
    long start = localStartMillis.getAsLong();
    for (RemoteReader reader : now) {
      boolean recent = reader.config().readRecent();
      if (recent || minMillis <= start) {
        sources.add(
            new RemoteQuerier(reader, minMillis, recent ? maxMillis : Math.min(maxMillis, start)));
      }
    }
    return new MergedQuerier(sources);
  }

  @Override
  public synchronized void close() {
    readers.forEach(RemoteReader::close);
    readers = List.of();
  }
}
