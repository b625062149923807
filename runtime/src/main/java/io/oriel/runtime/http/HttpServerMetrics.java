package io.oriel.runtime.http;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a server counts, under the names that Prometheus' own dashboards ask for. Thread-safe.
public final class HttpServerMetrics {
  private final Counter requests;
  private final Histogram durations;
  private final Histogram sizes;
  private final String prefix;
  private final PrometheusRegistry registry;

  /** Made when the first server wants certificates; guarded by this. */
  private @Nullable Counter refused;

  /// @param prefix the first part of the names, `prometheus` or `thanos`
  public HttpServerMetrics(String prefix, PrometheusRegistry registry) {
    this.prefix = prefix;
    this.registry = registry;
    requests =
        Counter.builder()
            .name(prefix + "_http_requests_total")
            .help("Counter of HTTP requests.")
            .labelNames("handler", "code")
            .register(registry);
    durations =
        Histogram.builder()
            .name(prefix + "_http_request_duration_seconds")
            .help("Histogram of latencies for HTTP requests.")
            .classicUpperBounds(.1, .2, .4, 1, 3, 8, 20, 60, 120)
            .labelNames("handler")
            .register(registry);
    sizes =
        Histogram.builder()
            .name(prefix + "_http_response_size_bytes")
            .help("Histogram of response size for HTTP requests.")
            .classicUpperBounds(1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9)
            .labelNames("handler")
            .register(registry);
  }

  /// Counts clients refused because of their certificate; there for servers only that want one, and
  /// once for all servers that share these metrics.
  synchronized Consumer<String> refusals() {
    Counter counter = refused;
    if (counter == null) {
      counter =
          Counter.builder()
              .name(prefix + "_http_refused_total")
              .help("Clients refused because of their certificate, by reason.")
              .labelNames("reason")
              .register(registry);
      refused = counter;
    }
    Counter there = counter;
    return reason -> there.labelValues(reason).inc();
  }

  void count(String handler, HttpAnswer answer, long nanos) {
    requests.labelValues(handler, Integer.toString(answer.status())).inc();
    durations.labelValues(handler).observe(nanos / 1e9);
    sizes.labelValues(handler).observe(answer.body().length);
  }
}
