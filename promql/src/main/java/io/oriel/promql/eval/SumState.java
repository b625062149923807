package io.oriel.promql.eval;

import io.oriel.model.metric.CompensatedSum;
import io.oriel.model.metric.HistogramAccumulator;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.promql.function.Annotations;
import io.oriel.promql.parse.Aggregator;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.value.Column;

/// `sum` and `avg`, with compensated sums, so that the order of series hardly matters.
final class SumState implements GroupState {
  private final Expr.Aggregate aggregate;
  private final Annotations annotations;
  private final double[] sum;
  private final double[] lost;
  private final int[] count;
  private final double[] halves;
  private Histograms histograms;

  /// Sums of histograms, made when the first one comes.
  private static final class Histograms {
    final HistogramAccumulator[] sums;
    final int[] count;
    final boolean[] incompatible;
    final boolean[] reset;
    final boolean[] noReset;

    Histograms(int steps) {
      sums = new HistogramAccumulator[steps];
      count = new int[steps];
      incompatible = new boolean[steps];
      reset = new boolean[steps];
      noReset = new boolean[steps];
    }
  }

  SumState(Expr.Aggregate aggregate, Annotations annotations, int steps) {
    this.aggregate = aggregate;
    this.annotations = annotations;
    this.sum = new double[steps];
    this.lost = new double[steps];
    this.count = new int[steps];
    this.halves = aggregate.operator() == Aggregator.AVG ? new double[steps] : new double[0];
    this.histograms = new Histograms(0);
  }

  @Override
  public void add(Column column) {
    double[] values = column.values();
    for (int i = 0; i < values.length; i++) {
      double value = values[i];
      if (Column.isAbsent(value)) {
        continue;
      }
      addFloat(i, value);
    }
    if (column.histograms() != null) {
      for (int i = 0; i < values.length; i++) {
        NativeHistogram histogram = column.histogram(i);
        if (histogram != null) {
          addHistogram(i, histogram, column);
        }
      }
    }
  }

  private void addFloat(int i, double value) {
    double before = sum[i];
    double next = before + value;
    double rest = next - before;
    lost[i] += (before - (next - rest)) + (value - rest);
    sum[i] = next;
    count[i]++;
    if (halves.length > 0) {
      halves[i] += value * 0x1p-64;
    }
  }

  private void addHistogram(int step, NativeHistogram histogram, Column column) {
    if (histograms.sums.length == 0) {
      histograms = new Histograms(sum.length);
    }
    histograms.count[step]++;
    histograms.reset[step] |= histogram.resetHint() == ResetHint.RESET;
    histograms.noReset[step] |= histogram.resetHint() == ResetHint.NO_RESET;
    HistogramAccumulator total = histograms.sums[step];
    if (total == null) {
      histograms.sums[step] = new HistogramAccumulator(histogram);
    } else if (!histograms.incompatible[step]) {
      if (total.accepts(histogram)) {
        total.add(histogram, 1);
      } else {
        histograms.incompatible[step] = true;
        annotations.mixedSchemas(column.labels().metricName(), aggregate.vector());
      }
    }
  }

  @Override
  public void merge(GroupState other) {
    SumState that = (SumState) other;
    for (int i = 0; i < sum.length; i++) {
      double next = sum[i] + that.sum[i];
      lost[i] += that.lost[i] + CompensatedSum.error(sum[i], that.sum[i], next);
      sum[i] = next;
      count[i] += that.count[i];
    }
    for (int i = 0; i < halves.length; i++) {
      halves[i] += that.halves[i];
    }
    Histograms theirs = that.histograms;
    for (int i = 0; i < theirs.sums.length; i++) {
      if (theirs.sums[i] != null) {
        mergeHistogram(theirs, i);
      }
    }
  }

  private void mergeHistogram(Histograms theirs, int i) {
    if (histograms.sums.length == 0) {
      histograms = new Histograms(sum.length);
    }
    histograms.count[i] += theirs.count[i];
    histograms.reset[i] |= theirs.reset[i];
    histograms.noReset[i] |= theirs.noReset[i];
    histograms.incompatible[i] |= theirs.incompatible[i];
    HistogramAccumulator ours = histograms.sums[i];
    if (ours == null) {
      histograms.sums[i] = theirs.sums[i];
    } else if (!histograms.incompatible[i]) {
      NativeHistogram more = theirs.sums[i].build();
      if (ours.accepts(more)) {
        ours.add(more, 1);
        if (theirs.sums[i].boundsReconciled()) {
          annotations.boundsReconciled("aggregation", aggregate.vector());
        }
      } else {
        histograms.incompatible[i] = true;
        annotations.mixedSchemas("", aggregate.vector());
      }
    }
  }

  @Override
  public void finish(Column out) {
    for (int i = 0; i < sum.length; i++) {
      boolean anyHistogram = i < histograms.sums.length && histograms.count[i] > 0;
      if (anyHistogram && count[i] > 0) {
        annotations.mixedInAggregation(aggregate.vector());
      } else if (anyHistogram) {
        finishHistogram(out, i);
      } else if (count[i] > 0) {
        out.set(i, total(i));
      }
    }
  }

  private double total(int i) {
    boolean finite = !Double.isInfinite(sum[i]) && !Double.isNaN(sum[i]);
    double total = finite ? sum[i] + lost[i] : sum[i];
    if (halves.length == 0) {
      return total;
    }
    /* An infinite sum of finite values: the scaled sum still knows the mean. */
    if (!finite && !Double.isInfinite(halves[i]) && !Double.isNaN(halves[i])) {
      return halves[i] / count[i] * 0x1p64;
    }
    return finite ? sum[i] / count[i] + lost[i] / count[i] : total;
  }

  private void finishHistogram(Column out, int i) {
    if (histograms.incompatible[i]) {
      return;
    }
    HistogramAccumulator total = histograms.sums[i];
    if (histograms.reset[i] && histograms.noReset[i]) {
      annotations.resetCollision("aggregation", aggregate.vector());
    }
    if (total.boundsReconciled()) {
      annotations.boundsReconciled("aggregation", aggregate.vector());
    }
    if (aggregate.operator() == Aggregator.AVG) {
      total.scale(1.0 / histograms.count[i]);
    }
    out.set(i, total.build());
  }
}
