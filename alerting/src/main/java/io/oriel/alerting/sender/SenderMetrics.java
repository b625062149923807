package io.oriel.alerting.sender;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.Function;
import java.util.function.IntSupplier;

/// What sending counts. Thread-safe.
///
/// @param sent alerts sent, by Alertmanager
/// @param errors alerts that could not be sent, by Alertmanager
/// @param queueDropped alerts that the full queue had no place for
/// @param sendDropped alerts that no Alertmanager took
/// @param latency seconds that sending a batch takes, by Alertmanager
record SenderMetrics(
    Counter sent,
    Counter errors,
    Counter queueDropped,
    Counter sendDropped,
    Function<String, DistributionDataPoint> latency) {
  private static final double[] LATENCY_BUCKETS = {
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };

  /// What is known of a sender's state at any time.
  ///
  /// @param capacity of the queue
  record State(int capacity, IntSupplier queued, IntSupplier discovered) {}

  static SenderMetrics of(AlertSender.Names names, PrometheusRegistry registry, State state) {
    return switch (names) {
      case PROMETHEUS -> prometheus(registry, state);
      case THANOS -> thanos(registry, state);
    };
  }

  private static SenderMetrics prometheus(PrometheusRegistry registry, State state) {
    String prefix = "prometheus_notifications_";
    gauge(registry, prefix + "queue_length", "Alerts waiting to be sent.", state.queued());
    gauge(registry, prefix + "queue_capacity", "Most alerts that may wait.", state::capacity);
    gauge(
        registry,
        prefix + "alertmanagers_discovered",
        "Alertmanagers that alerts are sent to.",
        state.discovered());
    Counter dropped =
        counter(
            registry,
            prefix + "dropped_total",
            "Alerts dropped because the queue was full or no Alertmanager took them.");
    Summary latency =
        Summary.builder()
            .name(prefix + "latency_seconds")
            .help("How long sending a batch takes.")
            .labelNames("alertmanager")
            .quantile(0.5)
            .quantile(0.9)
            .quantile(0.99)
            .register(registry);
    return new SenderMetrics(
        counter(registry, prefix + "sent_total", "Alerts sent.", "alertmanager"),
        counter(
            registry, prefix + "errors_total", "Alerts that could not be sent.", "alertmanager"),
        dropped,
        dropped,
        latency::labelValues);
  }

  private static SenderMetrics thanos(PrometheusRegistry registry, State state) {
    String queue = "thanos_alert_queue_";
    String sender = "thanos_alert_sender_";
    gauge(registry, queue + "length", "Alerts waiting to be sent.", state.queued());
    gauge(registry, queue + "capacity", "Most alerts that may wait.", state::capacity);
    Histogram latency =
        Histogram.builder()
            .name(sender + "latency_seconds")
            .help("How long sending a batch takes.")
            .labelNames("alertmanager")
            .classicOnly()
            .classicUpperBounds(LATENCY_BUCKETS)
            .register(registry);
    return new SenderMetrics(
        counter(registry, sender + "alerts_sent_total", "Alerts sent.", "alertmanager"),
        counter(registry, sender + "errors_total", "Alerts not taken.", "alertmanager"),
        counter(
            registry, queue + "alerts_dropped_total", "Alerts dropped because the queue was full."),
        counter(
            registry,
            sender + "alerts_dropped_total",
            "Alerts dropped because no Alertmanager took them."),
        latency::labelValues);
  }

  private static Counter counter(
      PrometheusRegistry registry, String name, String help, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
  }

  private static void gauge(
      PrometheusRegistry registry, String name, String help, IntSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsInt()))
        .register(registry);
  }
}
