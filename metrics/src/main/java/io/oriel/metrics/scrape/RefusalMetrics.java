package io.oriel.metrics.scrape;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// What was not stored of scrapes, by reason, under Prometheus' names.
final class RefusalMetrics {
  final Counter exceededBodySize;
  final Counter exceededSampleLimit;
  final Counter exceededBucketLimit;
  final Counter exceededLabelLimits;
  final Counter outOfOrder;
  final Counter outOfBounds;
  final Counter duplicate;
  final Counter exemplarOutOfOrder;

  RefusalMetrics(PrometheusRegistry registry) {
    exceededBodySize =
        ScrapeMetrics.counter(
            registry,
            "prometheus_target_scrapes_exceeded_body_size_limit_total",
            "Total number of scrapes that hit the body size limit");
    exceededSampleLimit =
        ScrapeMetrics.counter(
            registry,
            "prometheus_target_scrapes_exceeded_sample_limit_total",
            "Total number of scrapes that hit the sample limit and were rejected.");
    exceededBucketLimit =
        ScrapeMetrics.counter(
            registry,
            "prometheus_target_scrapes_exceeded_native_histogram_bucket_limit_total",
            "Total number of scrapes that hit the native histogram bucket limit and were rejected.");
    exceededLabelLimits =
        ScrapeMetrics.counter(
            registry,
            "prometheus_target_scrape_pool_exceeded_label_limits_total",
            "Total number of times scrape pools hit the label limits, during sync or config reload.");
    outOfOrder =
        ScrapeMetrics.counter(
            registry,
            "prometheus_target_scrapes_sample_out_of_order_total",
            "Total number of samples rejected due to not being out of the expected order.");
    outOfBounds =
        ScrapeMetrics.counter(
            registry,
            "prometheus_target_scrapes_sample_out_of_bounds_total",
            "Total number of samples rejected due to timestamp falling outside of the time bounds.");
    duplicate =
        ScrapeMetrics.counter(
            registry,
            "prometheus_target_scrapes_sample_duplicate_timestamp_total",
            "Total number of samples rejected due to duplicate timestamps but different values.");
    exemplarOutOfOrder =
        ScrapeMetrics.counter(
            registry,
            "prometheus_target_scrapes_exemplar_out_of_order_total",
            "Total number of exemplar rejected due to not being out of the expected order.");
  }
}
