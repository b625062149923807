package io.oriel.promql.eval;

import io.oriel.promql.function.Annotations;
import io.oriel.promql.parse.Aggregator;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.value.Column;

/// `stddev` and `stdvar`, by Welford's method; partial results are joined by Chan's.
final class SpreadState implements GroupState {
  private final Expr.Aggregate aggregate;
  private final Annotations annotations;
  private final double[] count;
  private final double[] mean;
  private final double[] squares;

  SpreadState(Expr.Aggregate aggregate, Annotations annotations, int steps) {
    this.aggregate = aggregate;
    this.annotations = annotations;
    this.count = new double[steps];
    this.mean = new double[steps];
    this.squares = new double[steps];
  }

  @Override
  public void add(Column column) {
    if (column.histograms() != null && ExtremeState.anyHistogram(column)) {
      annotations.ignoredInAggregation(aggregate.operator().word(), aggregate.vector());
    }
    double[] values = column.values();
    for (int i = 0; i < count.length; i++) {
      double value = values[i];
      if (Column.isAbsent(value)) {
        continue;
      }
      count[i]++;
      double delta = value - mean[i];
      mean[i] += delta / count[i];
      squares[i] += delta * (value - mean[i]);
    }
  }

  @Override
  public void merge(GroupState other) {
    SpreadState that = (SpreadState) other;
    for (int i = 0; i < count.length; i++) {
      if (that.count[i] == 0) {
        continue;
      }
      double total = count[i] + that.count[i];
      double delta = that.mean[i] - mean[i];
      squares[i] += that.squares[i] + delta * delta * count[i] * that.count[i] / total;
      mean[i] += delta * that.count[i] / total;
      count[i] = total;
    }
  }

  @Override
  public void finish(Column out) {
    boolean root = aggregate.operator() == Aggregator.STDDEV;
    for (int i = 0; i < count.length; i++) {
      if (count[i] > 0) {
        double variance = squares[i] / count[i];
        out.set(i, root ? Math.sqrt(variance) : variance);
      }
    }
  }
}
