package io.oriel.promql.eval;

import io.oriel.model.labels.Quoted;
import io.oriel.promql.function.Annotations;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.value.Column;

/// Notes when `rate` or `increase` is applied to what does not look like a counter.
///
/// @param byType whether the `__type__` label says what it is (else the name's ending)
record CounterCheck(Annotations annotations, Expr where, boolean byType) {
  void note(Column column) {
    String metric = column.labels().metricName();
    if (metric.isEmpty()) {
      return;
    }
    if (byType) {
      String type = column.labels().get("__type__");
      if (!type.equals("counter") && !type.equals("histogram") && hasFloat(column)) {
        annotations.info(
            where,
            "metric might not be a counter, __type__ label is not set to \"counter\" or"
                + " \"histogram\", got "
                + Quoted.of(type)
                + ": "
                + Quoted.of(metric));
      }
    } else if (!metric.endsWith("_total")
        && !metric.endsWith("_sum")
        && !metric.endsWith("_count")
        && !metric.endsWith("_bucket")
        && hasFloat(column)) {
      annotations.info(
          where,
          "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
              + Quoted.of(metric));
    }
  }

  private static boolean hasFloat(Column column) {
    for (double value : column.values()) {
      if (!Column.isAbsent(value)) {
        return true;
      }
    }
    return false;
  }
}
