package io.oriel.app.role.metrics;

import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.BooleanSupplier;

/// Whether the config was accepted, and whether the role is ready, under Prometheus' names.
final class ReloadMetrics {
  private final Gauge successful;
  private final Gauge timestamp;

  ReloadMetrics(PrometheusRegistry registry, BooleanSupplier ready) {
    successful =
        Gauge.builder()
            .name("prometheus_config_last_reload_successful")
            .help("Whether the last configuration reload attempt was successful.")
            .register(registry);
    timestamp =
        Gauge.builder()
            .name("prometheus_config_last_reload_success_timestamp_seconds")
            .help("Timestamp of the last successful configuration reload.")
            .register(registry);
    GaugeWithCallback.builder()
        .name("prometheus_ready")
        .help("Whether Prometheus startup was fully completed and the server is ready.")
        .callback(callback -> callback.call(ready.getAsBoolean() ? 1 : 0))
        .register(registry);
  }

  void succeeded(long nowMillis) {
    successful.set(1);
    timestamp.set(nowMillis / 1000.0);
  }

  void failed() {
    successful.set(0);
  }

  boolean isSuccessful() {
    return successful.get() == 1;
  }

  /// When a config was last accepted; zero for never.
  long lastSuccessMillis() {
    return Math.round(timestamp.get() * 1000);
  }
}
