package io.oriel.gateway.route;

import io.oriel.gateway.quota.Admission;
import io.oriel.wire.elastic.BulkItem;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;

/// What the gateway counts. Thread-safe.
final class GatewayMetrics {
  private final Counter requests;
  private final Counter bytes;
  private final Counter received;
  private final Counter documents;
  private final Counter refused;
  private final Counter throttled;
  private final Histogram engineSeconds;

  GatewayMetrics(PrometheusRegistry registry, Admission admission) {
    requests =
        counter(registry, "requests_total", "Requests, by status.", "cluster", "route", "code");
    bytes =
        counter(
            registry, "received_bytes_total", "Bytes of bodies, decompressed.", "cluster", "route");
    received = counter(registry, "documents_received_total", "Documents that came in.", "cluster");
    documents =
        counter(
            registry,
            "documents_total",
            "Documents by what became of them: stored, duplicate, retry, refused, or unknown when"
                + " the engine did not say.",
            "cluster",
            "outcome");
    refused =
        counter(
            registry,
            "refused_total",
            "Requests and documents refused, by reason.",
            "cluster",
            "reason");
    throttled =
        counter(
            registry,
            "throttled_total",
            "Requests to be sent again later, by the limit they ran into.",
            "cluster",
            "limit");
    engineSeconds =
        Histogram.builder()
            .name("oriel_gateway_engine_seconds")
            .help("Time from sending a request to the engine to its whole answer.")
            .classicUpperBounds(.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30)
            .register(registry);
    GaugeWithCallback.builder()
        .name("oriel_gateway_in_flight_bytes")
        .help("What the bodies of all requests hold now.")
        .callback(callback -> callback.call((double) admission.heldBytes()))
        .register(registry);
  }

  private static Counter counter(
      PrometheusRegistry registry, String name, String help, String... labels) {
    return Counter.builder()
        .name("oriel_gateway_" + name)
        .help(help)
        .labelNames(labels)
        .register(registry);
  }

  void answered(String cluster, String route, int status) {
    requests.labelValues(cluster, route, Integer.toString(status)).inc();
  }

  void received(String cluster, String route, long count, long documentCount) {
    bytes.labelValues(cluster, route).inc((double) count);
    received.labelValues(cluster).inc((double) documentCount);
  }

  void outcome(String cluster, BulkItem.Outcome outcome, long count) {
    if (count > 0) {
      documents.labelValues(cluster, outcome.name().toLowerCase(Locale.ROOT)).inc((double) count);
    }
  }

  void unknown(String cluster, long count) {
    if (count > 0) {
      documents.labelValues(cluster, "unknown").inc((double) count);
    }
  }

  void refused(String cluster, String reason) {
    refused.labelValues(cluster, reason).inc();
  }

  void throttled(String cluster, String limit) {
    throttled.labelValues(cluster, limit).inc();
  }

  void engine(long nanos) {
    engineSeconds.observe(nanos / 1e9);
  }
}
