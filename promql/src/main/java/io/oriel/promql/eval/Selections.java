package io.oriel.promql.eval;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.number.GoFloat;
import io.oriel.promql.function.Annotations;
import io.oriel.promql.function.HistogramText;
import io.oriel.promql.function.Quantile;
import io.oriel.promql.parse.Aggregator;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.parse.StringSyntax;
import io.oriel.promql.value.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Aggregations that must see all series of a group at once: `topk`, `bottomk`, `limitk`,
/// `limit_ratio`, `quantile`, `count_values`.
record Selections(Expr.Aggregate aggregate, Annotations annotations) {
  private Collection<List<Column>> groups(List<Column> columns) {
    Grouping grouping = Grouping.of(aggregate);
    Map<Labels, List<Column>> groups = new LinkedHashMap<>();
    for (Column column : columns) {
      groups.computeIfAbsent(grouping.group(column.labels()), _ -> new ArrayList<>()).add(column);
    }
    return groups.values();
  }

  /// The best {@code k} of each group at each step. For one step, best first.
  List<Column> best(List<Column> columns, double[] k) {
    checkCount(k);
    List<Column> all = new ArrayList<>();
    for (List<Column> group : groups(columns)) {
      all.addAll(bestOf(group, k, columns.size()));
    }
    if (k.length > 1) {
      all.sort(Comparator.comparingInt(Column::ordinal));
    } else {
      number(all);
    }
    return all;
  }

  private static void number(List<Column> columns) {
    for (int i = 0; i < columns.size(); i++) {
      columns.get(i).ordinal(i);
    }
  }

  private static void checkCount(double[] k) {
    for (double value : k) {
      if (Double.isNaN(value)) {
        throw OrielException.invalid("Parameter value is NaN");
      }
      if (value <= -0x1p63 || value >= 0x1p63) {
        throw OrielException.invalid(
            "Scalar value "
                + fixed(value)
                + " "
                + (value < 0 ? "underflows" : "overflows")
                + " int64");
      }
    }
  }

  /// As Go's `%f`.
  private static String fixed(double value) {
    return Double.isInfinite(value)
        ? GoFloat.format(value)
        : String.format(Locale.ROOT, "%f", value);
  }

  private List<Column> bestOf(List<Column> group, double[] k, int total) {
    boolean top = aggregate.operator() == Aggregator.TOPK;
    BestSteps best = new BestSteps(k, Math.min(total, group.size()), top);
    for (int i = 0; i < group.size(); i++) {
      Column column = group.get(i);
      best.offer(i, column.values());
      if (column.histograms() != null && ExtremeState.anyHistogram(column)) {
        annotations.ignoredInAggregation(aggregate.operator().word(), aggregate);
      }
    }
    Map<Column, Column> chosen = new LinkedHashMap<>();
    for (int step = 0; step < k.length; step++) {
      for (int i : best.at(step)) {
        Column column = group.get(i);
        chosen.computeIfAbsent(column, Column::sibling).copy(column, step);
      }
    }
    return new ArrayList<>(chosen.values());
  }

  /// The first {@code k} series of each group at each step.
  List<Column> limit(List<Column> columns, double[] k) {
    checkCount(k);
    List<Column> result = new ArrayList<>();
    for (List<Column> group : groups(columns)) {
      int[] taken = new int[k.length];
      for (Column column : group) {
        Column kept = column.sibling();
        for (int step = 0; step < k.length; step++) {
          if (column.isPresent(step) && taken[step] < (long) k[step]) {
            kept.copy(column, step);
            taken[step]++;
          }
        }
        if (!kept.isEmpty()) {
          result.add(kept);
        }
      }
    }
    result.sort(Comparator.comparingInt(Column::ordinal));
    return result;
  }

  /// About the given share of series, chosen by their hash: the first for a positive ratio, the
  /// last for a negative one.
  List<Column> sample(List<Column> columns, double[] ratios) {
    double[] capped = ratios.clone();
    for (int step = 0; step < ratios.length; step++) {
      double ratio = ratios[step];
      if (Double.isNaN(ratio)) {
        throw OrielException.invalid("Ratio value is NaN");
      }
      if (ratio < -1 || ratio > 1) {
        capped[step] = ratio < 0 ? -1 : 1;
        annotations.invalidRatio(ratio, capped[step], aggregate.arguments().getFirst());
      }
    }
    List<Column> result = new ArrayList<>();
    for (Column column : columns) {
      double offset = LabelHash.fraction(column.labels());
      Column kept = column.sibling();
      for (int step = 0; step < capped.length; step++) {
        double ratio = capped[step];
        if (ratio >= 0 ? offset < ratio : offset >= 1 + ratio) {
          kept.copy(column, step);
        }
      }
      if (!kept.isEmpty()) {
        result.add(kept);
      }
    }
    return result;
  }

  /// The quantile of each group at each step.
  List<Column> quantile(List<Column> columns, double[] q) {
    for (int step = 0; step < q.length && !columns.isEmpty(); step++) {
      if (!(q[step] >= 0 && q[step] <= 1)) {
        annotations.invalidQuantile(q[step], aggregate.arguments().getFirst());
      }
    }
    List<Column> result = new ArrayList<>();
    for (List<Column> group : groups(columns)) {
      double[] values = new double[group.size()];
      Column first = group.getFirst();
      Column out =
          new Column(q.length)
              .clear()
              .labels(Grouping.of(aggregate).group(first.labels()))
              .ordinal(first.ordinal())
              .nameDropped(first.isNameDropped());
      for (int step = 0; step < q.length; step++) {
        int size = 0;
        for (Column column : group) {
          if (column.hasFloat(step)) {
            values[size++] = column.value(step);
          } else if (column.histogram(step) != null) {
            annotations.ignoredInAggregation("quantile", aggregate.vector());
          }
        }
        if (size > 0) {
          out.set(step, Quantile.of(q[step], values, size));
        }
      }
      if (!out.isEmpty()) {
        result.add(out);
      }
    }
    return result;
  }

  /// How often each value occurs in each group at each step, as series labelled with the value.
  List<Column> countValues(List<Column> columns, String label, int steps) {
    if (!LabelName.isUtf8(label)) {
      throw OrielException.invalid("invalid label name " + StringSyntax.quote(label));
    }
    Set<String> names = new HashSet<>(Grouping.of(aggregate).names());
    if (!aggregate.without()) {
      names.add(label);
    }
    Grouping grouping = new Grouping(aggregate.without(), names);
    Map<Labels, Column> counts = new LinkedHashMap<>();
    for (Column column : columns) {
      for (int step = 0; step < steps; step++) {
        NativeHistogram histogram = column.histogram(step);
        if (histogram == null && !column.hasFloat(step)) {
          continue;
        }
        String value =
            histogram == null ? GoFloat.format(column.value(step)) : HistogramText.of(histogram);
        Labels group = grouping.group(column.labels().with(label, value));
        Column count =
            counts.computeIfAbsent(
                group, labels -> new Column(steps).clear().labels(labels).ordinal(counts.size()));
        count.set(step, count.hasFloat(step) ? count.value(step) + 1 : 1);
      }
    }
    List<Column> result = new ArrayList<>(counts.values());
    number(result);
    return result;
  }

  static double[] constant(double value, int steps) {
    double[] values = new double[steps];
    Arrays.fill(values, value);
    return values;
  }
}
