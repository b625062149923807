package io.oriel.logs.ship;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// What the shipper as a whole counts. Thread-safe.
final class ShipMetrics {
  private static final int MOST_FILES = 50;

  final Counter linesSpooled;
  final Counter eventsSpooled;
  final Counter journalEntries;
  final Counter kubernetesMissing;
  final Counter kubernetesLate;

  /** Lines that parsers hold back now. */
  final LongAdder held = new LongAdder();

  ShipMetrics(PrometheusRegistry registry) {
    linesSpooled =
        Counter.builder()
            .name("oriel_ship_lines_spooled_total")
            .help("Lines that became part of events in the spool.")
            .register(registry);
    eventsSpooled =
        Counter.builder()
            .name("oriel_ship_events_spooled_total")
            .help("Events appended to the spool; those found in it at the start are in it too.")
            .register(registry);
    journalEntries =
        Counter.builder()
            .name("oriel_ship_journal_entries_read_total")
            .help("Entries read from the systemd journal.")
            .register(registry);
    kubernetesMissing =
        Counter.builder()
            .name("oriel_ship_kubernetes_missing_total")
            .help(
                "Container logs begun with only what their path says, because nobody knew the pod.")
            .register(registry);
    kubernetesLate =
        Counter.builder()
            .name("oriel_ship_kubernetes_waits_total")
            .help("Times that a container log had to wait until its pod was known.")
            .register(registry);
    GaugeWithCallback.builder()
        .name("oriel_ship_lines_held")
        .help("Lines held back in parsers, because what belongs to them may still come.")
        .callback(out -> out.call((double) held.sum()))
        .register(registry);
  }

  /// Registers what is asked for when somebody scrapes.
  void watch(PrometheusRegistry registry, Shipper shipper) {
    gauge(
        registry, "oriel_ship_spool_bytes", "Bytes in the spool.", s -> s.fill().bytes(), shipper);
    gauge(
        registry,
        "oriel_ship_spool_max_bytes",
        "Bytes that the spool may have.",
        s -> s.fill().maxBytes(),
        shipper);
    gauge(
        registry,
        "oriel_ship_spool_events",
        "Events in the spool that are not acknowledged.",
        s -> s.fill().events(),
        shipper);
    gauge(
        registry,
        "oriel_ship_spool_oldest_age_seconds",
        "Age of the oldest event that is not acknowledged; zero when there is none.",
        Shipper::oldestAgeSeconds,
        shipper);
    gauge(
        registry,
        "oriel_ship_lag_bytes",
        "Bytes of open files that are not in the spool yet.",
        s -> s.behind().values().stream().mapToLong(Long::longValue).sum(),
        shipper);
    GaugeWithCallback.builder()
        .name("oriel_ship_file_lag_bytes")
        .help("Bytes of one open file that are not in the spool yet; the fifty furthest behind.")
        .labelNames("path")
        .callback(
            out ->
                shipper.behind().entrySet().stream()
                    .filter(file -> file.getValue() > 0)
                    .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
                    .limit(MOST_FILES)
                    .forEach(file -> out.call(file.getValue(), file.getKey())))
        .register(registry);
  }

  private interface Reading {
    double of(Shipper shipper);
  }

  private static void gauge(
      PrometheusRegistry registry, String name, String help, Reading reading, Shipper shipper) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(out -> out.call(reading.of(shipper)))
        .register(registry);
  }
}
