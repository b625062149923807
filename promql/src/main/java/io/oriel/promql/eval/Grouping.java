package io.oriel.promql.eval;

import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.promql.parse.Expr;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Which group a series belongs to.
///
/// @param names labels that a group keeps, or with {@code without} drops
record Grouping(boolean without, Set<String> names) {
  private static final Set<String> METADATA = Set.of(LabelName.METRIC, "__type__", "__unit__");

  static Grouping of(Expr.Aggregate aggregate) {
    Set<String> names = new HashSet<>(aggregate.grouping());
    if (aggregate.without()) {
      names.add(LabelName.METRIC);
    }
    return new Grouping(aggregate.without(), names);
  }

  /// The labels that the series of a group share.
  Labels group(Labels series) {
    if (without) {
      return series.without(names);
    }
    return names.isEmpty() ? Labels.empty() : series.keep(names);
  }

  /// Whether a series' name, type and unit make no difference.
  boolean ignoresMetadata() {
    return !without && Collections.disjoint(names, METADATA);
  }

  /// The labels that matter when {@code on} or {@code ignoring} compares series.
  static Grouping matching(boolean on, List<String> labels) {
    Set<String> names = new HashSet<>(labels);
    if (!on) {
      names.add(LabelName.METRIC);
    }
    return new Grouping(!on, names);
  }
}
