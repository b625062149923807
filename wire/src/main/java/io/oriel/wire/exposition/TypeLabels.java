package io.oriel.wire.exposition;

import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.metric.MetricType;

/// The labels `__type__` and `__unit__` of Prometheus' feature `type-and-unit-labels`.
final class TypeLabels {
  private TypeLabels() {}

  /// Adds them when the series belongs to {@code family}; an unknown type and no unit stay unsaid.
  static void add(LabelsBuilder labels, String family, MetricType type, String unit) {
    String name = labels.get(LabelName.METRIC);
    labels.remove("__type__").remove("__unit__");
    if (family.isEmpty() || !name.startsWith(family)) {
      return;
    }
    if (type != MetricType.UNKNOWN) {
      labels.set("__type__", type.word());
    }
    labels.set("__unit__", unit);
  }
}
