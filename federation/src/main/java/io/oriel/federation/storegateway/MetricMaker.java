package io.oriel.federation.storegateway;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// Registers metrics with the bounds that Thanos has.
final class MetricMaker {
  private static final double[] SECONDS = {0.001, 0.01, 0.1, 0.3, 0.6, 1, 3, 6, 9, 20, 30, 60, 120};
  private static final double[] BYTES = {
    1 << 10, 32 << 10, 256 << 10, 512 << 10, 1 << 20, 32 << 20, 256 << 20, 512 << 20, 1 << 30
  };
  private static final double[] COUNTS = {200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200};

  private final PrometheusRegistry registry;

  MetricMaker(PrometheusRegistry registry) {
    this.registry = registry;
  }

  Counter counter(String name, String help, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
  }

  Gauge gauge(String name, String help) {
    return Gauge.builder().name(name).help(help).register(registry);
  }

  Histogram histogram(String name, String help, double... bounds) {
    return Histogram.builder().name(name).help(help).classicUpperBounds(bounds).register(registry);
  }

  Histogram seconds(String name, String help) {
    return histogram(GatewayMetrics.PREFIX + name, help, SECONDS);
  }

  Histogram items(String name, String help) {
    return Histogram.builder()
        .name(GatewayMetrics.PREFIX + name)
        .help(help)
        .labelNames("data_type")
        .classicUpperBounds(COUNTS)
        .register(registry);
  }

  Histogram bytes(String name, String help) {
    return Histogram.builder()
        .name(GatewayMetrics.PREFIX + name)
        .help(help)
        .labelNames("data_type")
        .classicUpperBounds(BYTES)
        .register(registry);
  }
}
