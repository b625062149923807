package io.oriel.logs.deliver;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// What delivery counts. Thread-safe.
public final class DeliverMetrics {
  final Counter acknowledged;
  final Counter duplicates;
  final Counter retried;
  final Counter dead;
  final Counter requests;
  final Counter bytes;
  final Counter splits;
  final Gauge inFlight;
  final Histogram duration;

  public DeliverMetrics(PrometheusRegistry registry) {
    acknowledged =
        Counter.builder()
            .name("oriel_ship_events_acknowledged_total")
            .help("Events that the engine has, duplicates included.")
            .register(registry);
    duplicates =
        Counter.builder()
            .name("oriel_ship_events_duplicate_total")
            .help("Events that the engine had already.")
            .register(registry);
    retried =
        Counter.builder()
            .name("oriel_ship_events_retried_total")
            .help("Events sent again, once for each time.")
            .register(registry);
    dead =
        Counter.builder()
            .name("oriel_ship_events_dead_total")
            .help("Events that the engine will never take, by why; they are in the dead letters.")
            .labelNames("reason")
            .register(registry);
    requests =
        Counter.builder()
            .name("oriel_ship_requests_total")
            .help("Bulk requests by status; 0 when there was no answer.")
            .labelNames("code")
            .register(registry);
    bytes =
        Counter.builder()
            .name("oriel_ship_bytes_sent_total")
            .help("Bytes of bulk requests as they were sent.")
            .register(registry);
    splits =
        Counter.builder()
            .name("oriel_ship_batches_split_total")
            .help("Requests refused as a whole and sent again in two halves.")
            .register(registry);
    inFlight =
        Gauge.builder()
            .name("oriel_ship_events_in_flight")
            .help("Events being sent now.")
            .register(registry);
    duration =
        Histogram.builder()
            .name("oriel_ship_request_duration_seconds")
            .help("How long bulk requests take.")
            .classicUpperBounds(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 90)
            .register(registry);
  }

  /// Events acknowledged since the start.
  public long acknowledged() {
    return (long) acknowledged.get();
  }

  /// Events given up since the start.
  public long dead() {
    return dead.collect().getDataPoints().stream().mapToLong(p -> (long) p.getValue()).sum();
  }
}
