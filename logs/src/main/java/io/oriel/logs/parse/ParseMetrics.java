package io.oriel.logs.parse;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// What parsing counts. Thread-safe.
///
/// The identity of this room: lines in = lines dropped by reason + lines of the events that came
/// out + lines held back.
public final class ParseMetrics {
  final Counter errors;
  final Counter dropped;

  public ParseMetrics(PrometheusRegistry registry) {
    errors =
        Counter.builder()
            .name("oriel_ship_parse_errors_total")
            .help("Lines that were not in the format they should be in; shipped as they are.")
            .labelNames("parser")
            .register(registry);
    dropped =
        Counter.builder()
            .name("oriel_ship_lines_dropped_total")
            .help("Lines not shipped, by why.")
            .labelNames("reason")
            .register(registry);
  }

  /// Counts lines or events that go no further.
  public void drop(String reason, long lines) {
    if (lines > 0) {
      dropped.labelValues(reason).inc(lines);
    }
  }

  /// Lines dropped for {@code reason}.
  public long linesDropped(String reason) {
    return (long) dropped.labelValues(reason).get();
  }

  /// Lines dropped for any reason.
  public long linesDropped() {
    return dropped.collect().getDataPoints().stream().mapToLong(p -> (long) p.getValue()).sum();
  }
}
