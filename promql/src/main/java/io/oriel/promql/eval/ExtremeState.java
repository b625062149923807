package io.oriel.promql.eval;

import io.oriel.promql.function.Annotations;
import io.oriel.promql.parse.Aggregator;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.value.Column;
import java.util.Arrays;

/// `min` and `max`; NaN only when there is nothing else.
final class ExtremeState implements GroupState {
  private final Expr.Aggregate aggregate;
  private final Annotations annotations;
  private final boolean max;
  private final double[] best;

  ExtremeState(Expr.Aggregate aggregate, Annotations annotations, int steps) {
    this.aggregate = aggregate;
    this.annotations = annotations;
    this.max = aggregate.operator() == Aggregator.MAX;
    this.best = new double[steps];
    Arrays.fill(best, Column.ABSENT);
  }

  @Override
  public void add(Column column) {
    if (column.histograms() != null && anyHistogram(column)) {
      annotations.ignoredInAggregation(aggregate.operator().word(), aggregate.vector());
    }
    add(column.values());
  }

  private void add(double[] values) {
    for (int i = 0; i < best.length; i++) {
      double value = values[i];
      if (Column.isAbsent(value)) {
        continue;
      }
      double now = best[i];
      if (Double.isNaN(now) || (max ? value > now : value < now)) {
        best[i] = value;
      }
    }
  }

  static boolean anyHistogram(Column column) {
    for (int i = 0; i < column.steps(); i++) {
      if (column.histogram(i) != null) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void merge(GroupState other) {
    add(((ExtremeState) other).best);
  }

  @Override
  public void finish(Column out) {
    System.arraycopy(best, 0, out.values(), 0, best.length);
  }
}
