package io.oriel.promql.eval;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.promql.value.Column;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What becomes of metric names once the values are something else, and of series that look the
/// same afterwards.
final class Names {
  private Names() {}

  /// {@code labels} without name, type and unit.
  static Labels withoutMetadata(Labels labels) {
    if (!labels.has(LabelName.METRIC) && !labels.has("__type__") && !labels.has("__unit__")) {
      return labels;
    }
    return labels.filter(
        name ->
            !name.equals(LabelName.METRIC) && !name.equals("__type__") && !name.equals("__unit__"));
  }

  /// Takes the names away that no longer fit, and joins what is the same series then.
  static List<Column> cleanUp(List<Column> columns) {
    for (Column column : columns) {
      if (column.isNameDropped()) {
        column.labels(withoutMetadata(column.labels())).nameDropped(false);
      }
    }
    return merge(columns);
  }

  /// Joins columns with the same labels.
  ///
  /// @throws OrielException of kind INVALID when two hold something at the same step
  static List<Column> merge(List<Column> columns) {
    if (columns.size() < 2) {
      return columns;
    }
    Map<Labels, Column> merged = new LinkedHashMap<>();
    boolean any = false;
    for (Column column : columns) {
      Column first = merged.putIfAbsent(column.labels(), column);
      if (first != null) {
        any = true;
        join(first, column);
      }
    }
    return any ? new ArrayList<>(merged.values()) : columns;
  }

  private static void join(Column into, Column from) {
    for (int step = 0; step < into.steps(); step++) {
      if (from.isPresent(step)) {
        if (into.isPresent(step)) {
          throw OrielException.invalid("vector cannot contain metrics with the same labelset");
        }
        into.copy(from, step);
      }
    }
  }
}
