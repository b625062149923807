package io.oriel.promql.eval;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.number.GoFloat;
import io.oriel.promql.Feature;
import io.oriel.promql.function.ClassicBuckets;
import io.oriel.promql.function.NativeQuantile;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `histogram_quantile`, `histogram_quantiles` and `histogram_fraction`, over native histograms and
/// over the buckets of classic ones.
final class HistogramCall {
  private final Execution execution;
  private final Grid grid;
  private final Expr where;
  private final boolean delayed;

  /// The buckets of one classic histogram.
  private static final class Classic {
    final Labels labels;
    final int ordinal;
    final List<Column> buckets = new ArrayList<>();
    final List<Double> bounds = new ArrayList<>();

    Classic(Labels labels, int ordinal) {
      this.labels = labels;
      this.ordinal = ordinal;
    }
  }

  HistogramCall(Execution execution, Grid grid, Expr where) {
    this.execution = execution;
    this.grid = grid;
    this.where = where;
    this.delayed = execution.has(Feature.DELAYED_NAME_REMOVAL);
  }

  /// What to compute at a step.
  interface Estimate {
    double ofNative(NativeQuantile estimator, NativeHistogram histogram, int step);

    double ofClassic(ClassicBuckets buckets, int step);
  }

  static Estimate quantile(double[] q) {
    return new Estimate() {
      @Override
      public double ofNative(NativeQuantile estimator, NativeHistogram histogram, int step) {
        return estimator.quantile(q[step], histogram);
      }

      @Override
      public double ofClassic(ClassicBuckets buckets, int step) {
        return buckets.quantile(q[step]);
      }
    };
  }

  static Estimate fraction(double[] lower, double[] upper) {
    return new Estimate() {
      @Override
      public double ofNative(NativeQuantile estimator, NativeHistogram histogram, int step) {
        return estimator.fraction(lower[step], upper[step], histogram);
      }

      @Override
      public double ofClassic(ClassicBuckets buckets, int step) {
        return buckets.fraction(lower[step], upper[step]);
      }
    };
  }

  /// Warns about quantiles outside 0…1.
  void checkQuantile(double[] q, Expr argument) {
    for (double value : q) {
      if (!(value >= 0 && value <= 1)) {
        execution.annotations().invalidQuantile(value, argument);
      }
    }
  }

  /// The estimates for every histogram in {@code columns}.
  List<Column> compute(List<Column> columns, Estimate estimate) {
    Map<Labels, Classic> classics = new LinkedHashMap<>();
    for (Column column : columns) {
      if (hasFloats(column)) {
        addBucket(classics, column);
      }
    }
    List<Column> results = new ArrayList<>();
    for (Column column : columns) {
      if (column.histograms() != null) {
        Column result = natives(column, classics, estimate);
        if (!result.isEmpty()) {
          results.add(result);
        }
      }
    }
    for (Classic classic : classics.values()) {
      Column result = classic(classic, columns, estimate);
      if (!result.isEmpty()) {
        results.add(result);
      }
    }
    return Names.merge(results);
  }

  private static boolean hasFloats(Column column) {
    for (double value : column.values()) {
      if (!Column.isAbsent(value)) {
        return true;
      }
    }
    return false;
  }

  private void addBucket(Map<Labels, Classic> classics, Column column) {
    String bound = column.labels().get(LabelName.BUCKET);
    double upper;
    try {
      upper = GoFloat.parse(bound);
    } catch (OrielException _) {
      execution.annotations().badBucketLabel(column.labels().metricName(), bound, where);
      return;
    }
    Labels labels = column.labels().without(List.of(LabelName.BUCKET));
    Classic classic = classics.computeIfAbsent(labels, key -> new Classic(key, column.ordinal()));
    classic.buckets.add(column);
    classic.bounds.add(upper);
  }

  private Column natives(Column column, Map<Labels, Classic> classics, Estimate estimate) {
    String metric = column.labels().metricName();
    NativeQuantile estimator = new NativeQuantile(execution.annotations(), metric, where);
    Column result = result(column.labels(), column.ordinal());
    Classic rival = classics.get(column.labels());
    for (int step = 0; step < grid.count(); step++) {
      NativeHistogram histogram = column.histogram(step);
      if (histogram == null) {
        continue;
      }
      if (rival != null && isPresent(rival, step)) {
        execution.annotations().mixedClassicNative(metric, where);
      } else {
        result.set(step, estimate.ofNative(estimator, histogram, step));
      }
    }
    return result;
  }

  private static boolean isPresent(Classic classic, int step) {
    return classic.buckets.stream().anyMatch(bucket -> bucket.hasFloat(step));
  }

  private Column classic(Classic classic, List<Column> columns, Estimate estimate) {
    Column result = result(classic.labels, classic.ordinal);
    List<Column> rivals =
        columns.stream()
            .filter(c -> c.histograms() != null && c.labels().equals(classic.labels))
            .toList();
    ClassicBuckets buckets = new ClassicBuckets();
    for (int step = 0; step < grid.count(); step++) {
      int at = step;
      if (rivals.stream().anyMatch(column -> column.histogram(at) != null)) {
        continue;
      }
      buckets.clear();
      for (int i = 0; i < classic.buckets.size(); i++) {
        Column bucket = classic.buckets.get(i);
        if (bucket.hasFloat(step)) {
          buckets.add(classic.bounds.get(i), bucket.value(step));
        }
      }
      if (buckets.isEmpty()) {
        continue;
      }
      result.set(step, estimate.ofClassic(buckets, step));
      if (buckets.wasForced()) {
        String metric = delayed ? classic.labels.metricName() : "";
        execution.annotations().monotonicityForced(metric, where, buckets.fix(grid.time(step)));
      }
    }
    return result;
  }

  private Column result(Labels labels, int ordinal) {
    Column column = new Column(grid.count()).clear().labels(labels).ordinal(ordinal);
    Stages.dropName(column, delayed);
    return column;
  }
}
