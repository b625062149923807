package io.oriel.metrics.remote;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// What is received and what of it is lost, under Prometheus' names where it has one. Thread-safe.
public final class ReceiveMetrics {
  final Counter samples;
  final Counter dropped;
  final Counter invalidLabels;
  final Counter withoutMetadata;
  final Counter otlpWithoutMetadata;
  final Counter otlpExemplarsOutOfOrder;
  final Counter exemplarsDropped;
  final Gauge readQueries;

  public ReceiveMetrics(PrometheusRegistry registry) {
    samples =
        Counter.builder()
            .name("oriel_receive_samples_total")
            .help("Samples and histograms in received requests, stored or not.")
            .labelNames("protocol")
            .register(registry);
    dropped =
        Counter.builder()
            .name("oriel_receive_dropped_samples_total")
            .help("Samples and histograms of received requests that were not stored.")
            .labelNames("protocol", "reason")
            .register(registry);
    exemplarsDropped =
        Counter.builder()
            .name("oriel_receive_dropped_exemplars_total")
            .help("Exemplars of received requests that were not kept.")
            .labelNames("protocol", "reason")
            .register(registry);
    invalidLabels =
        plain(
            registry,
            "prometheus_api_remote_write_invalid_labels_samples_total",
            "The total number of received remote write samples and histogram samples which were"
                + " rejected due to invalid labels.");
    withoutMetadata =
        plain(
            registry,
            "prometheus_api_remote_write_without_metadata_appended_samples_total",
            "The total number of received remote write samples (and histogram samples) which were"
                + " ingested without corresponding metadata.");
    otlpWithoutMetadata =
        plain(
            registry,
            "prometheus_api_otlp_appended_samples_without_metadata_total",
            "The total number of samples ingested from OTLP without corresponding metadata.");
    otlpExemplarsOutOfOrder =
        plain(
            registry,
            "prometheus_api_otlp_out_of_order_exemplars_total",
            "The total number of received OTLP exemplars which were rejected because they were out"
                + " of order.");
    readQueries =
        Gauge.builder()
            .name("prometheus_remote_read_handler_queries")
            .help(
                "The current number of remote read queries that are either in execution or queued"
                    + " on the handler.")
            .register(registry);
  }

  private static Counter plain(PrometheusRegistry registry, String name, String help) {
    return Counter.builder().name(name).help(help).register(registry);
  }
}
