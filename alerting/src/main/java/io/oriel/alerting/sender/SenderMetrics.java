package io.oriel.alerting.sender;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.IntSupplier;

/// What sending counts, under Prometheus' names. Thread-safe.
final class SenderMetrics {
  final Counter sent;
  final Counter errors;
  final Counter dropped;
  final Summary latency;

  SenderMetrics(
      PrometheusRegistry registry, int capacity, IntSupplier queued, IntSupplier discovered) {
    sent = perTarget(registry, "notifications_sent_total", "Alerts sent.");
    errors = perTarget(registry, "notifications_errors_total", "Alerts that could not be sent.");
    dropped =
        Counter.builder()
            .name("prometheus_notifications_dropped_total")
            .help("Alerts dropped because the queue was full or no Alertmanager took them.")
            .register(registry);
    latency =
        Summary.builder()
            .name("prometheus_notifications_latency_seconds")
            .help("How long sending a batch takes.")
            .labelNames("alertmanager")
            .quantile(0.5)
            .quantile(0.9)
            .quantile(0.99)
            .register(registry);
    gauge(registry, "notifications_queue_length", "Alerts waiting to be sent.", queued);
    gauge(registry, "notifications_queue_capacity", "Most alerts that may wait.", () -> capacity);
    gauge(
        registry,
        "notifications_alertmanagers_discovered",
        "Alertmanagers that alerts are sent to.",
        discovered);
  }

  private static Counter perTarget(PrometheusRegistry registry, String name, String help) {
    return Counter.builder()
        .name("prometheus_" + name)
        .help(help)
        .labelNames("alertmanager")
        .register(registry);
  }

  private static void gauge(
      PrometheusRegistry registry, String name, String help, IntSupplier value) {
    GaugeWithCallback.builder()
        .name("prometheus_" + name)
        .help(help)
        .callback(callback -> callback.call(value.getAsInt()))
        .register(registry);
  }
}
