package io.oriel.promql.script;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.HistogramArithmetic;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.model.series.SampleColumns;
import io.oriel.promql.function.HistogramText;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;
import io.oriel.promql.value.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Compares a result with what an `eval` expects; floats may differ by 1e-6 of their size.
final class Comparison {
  private static final double TOLERANCE = 1e-6;

  private final Eval eval;
  private final List<String> problems = new ArrayList<>();

  Comparison(Eval eval) {
    this.eval = eval;
  }

  /// What differs; empty when nothing does.
  List<String> compare(Value value) {
    switch (value) {
      case Value.Scalar scalar -> {
        Double wanted = eval.scalar;
        if (wanted == null) {
          problems.add("want series, got scalar " + scalar.value());
        } else if (!isAlmost(wanted, scalar.value())) {
          problems.add("want " + wanted + ", got " + scalar.value());
        }
      }
      case Value.Text text -> {
        if (!text.value().equals(eval.string)) {
          problems.add("want string " + eval.string + ", got " + text.value());
        }
      }
      case Value.InstantVector vector -> vector(vector.series());
      case Value.RangeMatrix matrix -> matrix(matrix);
      case Value.SampleMatrix samples -> samples(samples);
    }
    return problems;
  }

  private void vector(List<Column> columns) {
    if (eval.scalar != null) {
      problems.add("want scalar " + eval.scalar + ", got a vector");
      return;
    }
    boolean ordered = eval.expects(Expectation.Kind.ORDERED);
    Set<Labels> seen = new HashSet<>();
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      Eval.Expected expected = eval.series.get(column.labels());
      if (expected == null || !seen.add(column.labels())) {
        problems.add("unexpected " + column.labels() + " with " + show(column, 0));
        continue;
      }
      if (ordered && expected.position() != i + 1) {
        problems.add(
            column.labels() + ": want at position " + expected.position() + ", got " + (i + 1));
      }
      compare(column.labels(), 0, expected.values().getFirst(), column);
    }
    missing(seen);
  }

  private void missing(Set<Labels> seen) {
    for (Labels labels : eval.series.keySet()) {
      if (!seen.contains(labels)) {
        problems.add("want " + labels + ", not found");
      }
    }
  }

  private void matrix(Value.RangeMatrix matrix) {
    Set<Labels> seen = new HashSet<>();
    Labels previous = null;
    for (Column column : matrix.series()) {
      if (previous != null && previous.compareTo(column.labels()) > 0) {
        problems.add("series are not sorted: " + column.labels() + " after " + previous);
      }
      previous = column.labels();
      Eval.Expected expected = eval.scalar != null ? null : eval.series.get(column.labels());
      if (expected == null || !seen.add(column.labels())) {
        problems.add("unexpected " + column.labels() + " with " + show(column));
        continue;
      }
      if (expected.values().size() > matrix.grid().count()) {
        problems.add(
            column.labels()
                + ": want "
                + expected.values().size()
                + " values, got "
                + matrix.grid().count()
                + " steps");
        continue;
      }
      for (int step = 0; step < column.steps(); step++) {
        SequenceValue wanted =
            step < expected.values().size() ? expected.values().get(step) : SequenceValue.OMITTED;
        compare(column.labels(), step, wanted, column);
      }
    }
    missing(seen);
  }

  private void samples(Value.SampleMatrix matrix) {
    Grid grid = eval.rangeVector;
    if (grid == null) {
      grid = eval.grid;
    }
    Set<Labels> seen = new HashSet<>();
    for (Value.Samples series : matrix.series()) {
      Eval.Expected expected = eval.series.get(series.labels());
      if (expected == null || !seen.add(series.labels())) {
        problems.add("unexpected " + series.labels());
        continue;
      }
      SampleColumns samples = series.samples();
      int row = 0;
      for (int i = 0; i < expected.values().size(); i++) {
        SequenceValue wanted = expected.values().get(i);
        if (wanted.omitted()) {
          continue;
        }
        Column one = new Column(1).clear().labels(series.labels());
        if (row < samples.size() && samples.timestamps()[row] == grid.time(i)) {
          NativeHistogram histogram = samples.histogram(row);
          if (histogram != null) {
            one.set(0, histogram);
          } else {
            one.set(0, samples.values()[row]);
          }
          row++;
        }
        compare(series.labels(), 0, wanted, one);
      }
      if (row < samples.size()) {
        problems.add(series.labels() + ": got " + samples.size() + " samples, want fewer");
      }
    }
    missing(seen);
  }

  private void compare(Labels labels, int step, SequenceValue wanted, Column column) {
    NativeHistogram histogram = column.histogram(step);
    boolean same;
    if (wanted.omitted()) {
      same = !column.isPresent(step);
    } else if (wanted.histogram() != null) {
      same = histogram != null && isAlmost(wanted, wanted.histogram(), histogram);
    } else {
      same = column.hasFloat(step) && isAlmost(wanted.value(), column.value(step));
    }
    if (!same) {
      problems.add(
          labels + " at step " + step + ": want " + show(wanted) + ", got " + show(column, step));
    }
  }

  private static String show(SequenceValue value) {
    if (value.omitted()) {
      return "nothing";
    }
    return value.histogram() == null ? String.valueOf(value.value()) : show(value.histogram());
  }

  private static String show(NativeHistogram histogram) {
    return "schema "
        + histogram.schema()
        + " "
        + histogram.resetHint()
        + " "
        + HistogramText.of(histogram);
  }

  private static String show(Column column, int step) {
    NativeHistogram histogram = column.histogram(step);
    if (histogram != null) {
      return show(histogram);
    }
    return column.hasFloat(step) ? String.valueOf(column.value(step)) : "nothing";
  }

  private static String show(Column column) {
    StringBuilder out = new StringBuilder();
    for (int step = 0; step < Math.min(column.steps(), 20); step++) {
      out.append(show(column, step)).append(' ');
    }
    return out.toString();
  }

  private static boolean isAlmost(
      SequenceValue wanted, NativeHistogram expected, NativeHistogram actual) {
    return expected.schema() == actual.schema()
        && isAlmost(expected.count(), actual.count())
        && isAlmost(expected.sum(), actual.sum())
        && expected.zeroThreshold() == actual.zeroThreshold()
        && isAlmost(expected.zeroCount(), actual.zeroCount())
        && expected.sameCustomBounds(actual)
        && (!wanted.hintGiven() || expected.resetHint() == actual.resetHint())
        && isAlmost(
            HistogramArithmetic.compact(expected).positive(),
            HistogramArithmetic.compact(actual).positive())
        && isAlmost(
            HistogramArithmetic.compact(expected).negative(),
            HistogramArithmetic.compact(actual).negative());
  }

  private static boolean isAlmost(Buckets a, Buckets b) {
    if (!a.sameSpans(b)) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!isAlmost(a.count(i), b.count(i))) {
        return false;
      }
    }
    return true;
  }

  /// Equal, both NaN, or closer than the tolerance relative to their size.
  static boolean isAlmost(double a, double b) {
    if (a == b || (Double.isNaN(a) && Double.isNaN(b))) {
      return true;
    }
    double difference = Math.abs(a - b);
    double sum = Math.abs(a) + Math.abs(b);
    if (a == 0 || b == 0 || sum < Double.MIN_NORMAL) {
      return difference < TOLERANCE * Double.MIN_NORMAL;
    }
    return difference / Math.min(sum, Double.MAX_VALUE) < TOLERANCE;
  }
}
