package io.oriel.app.host;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Collects values into families while `/proc` is read. Used by one scrape.
final class Families {
  private final Map<String, String> helps = new TreeMap<>();
  private final Map<String, List<CounterDataPointSnapshot>> counters = new TreeMap<>();
  private final Map<String, List<GaugeDataPointSnapshot>> gauges = new TreeMap<>();

  /// A counter's value; {@code name} without `_total`.
  void counter(String name, String help, double value, String... labels) {
    helps.put(name, help);
    counters
        .computeIfAbsent(name, _ -> new ArrayList<>())
        .add(CounterDataPointSnapshot.builder().value(value).labels(Labels.of(labels)).build());
  }

  void gauge(String name, String help, double value, String... labels) {
    helps.put(name, help);
    gauges
        .computeIfAbsent(name, _ -> new ArrayList<>())
        .add(GaugeDataPointSnapshot.builder().value(value).labels(Labels.of(labels)).build());
  }

  MetricSnapshots snapshots() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    counters.forEach(
        (name, points) -> {
          CounterSnapshot.Builder family = CounterSnapshot.builder().name(name).help(help(name));
          points.forEach(family::dataPoint);
          all.metricSnapshot(family.build());
        });
    gauges.forEach(
        (name, points) -> {
          GaugeSnapshot.Builder family = GaugeSnapshot.builder().name(name).help(help(name));
          points.forEach(family::dataPoint);
          all.metricSnapshot(family.build());
        });
    return all.build();
  }

  private String help(String name) {
    return helps.getOrDefault(name, "");
  }
}
