package io.oriel.promql.eval;

import io.oriel.model.metric.HistogramArithmetic;
import io.oriel.model.metric.HistogramTrim;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.promql.eval.VectorSource.Stage;
import io.oriel.promql.function.Annotations;
import io.oriel.promql.parse.BinaryOperator;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.value.Column;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/// Changes to one column that need no other.
final class Stages {
  private Stages() {}

  /// Marks the name as no longer fitting, or takes it away at once.
  static void dropName(Column column, boolean delayed) {
    if (delayed) {
      column.nameDropped(true);
    } else {
      column.labels(Names.withoutMetadata(column.labels()));
    }
  }

  /// Applies {@code function} to floats; histograms fall away.
  static Stage floats(DoubleUnaryOperator function, boolean delayed) {
    return column -> {
      column.dropHistograms();
      double[] values = column.values();
      for (int i = 0; i < values.length; i++) {
        double value = values[i];
        if (!Column.isAbsent(value)) {
          values[i] = function.applyAsDouble(value);
        }
      }
      dropName(column, delayed);
    };
  }

  /// Applies {@code function} to histograms; floats fall away.
  static Stage histograms(ToDoubleFunction<NativeHistogram> function, boolean delayed) {
    return column -> {
      for (int i = 0; i < column.steps(); i++) {
        NativeHistogram histogram = column.histogram(i);
        if (histogram == null) {
          column.remove(i);
        } else {
          column.set(i, function.applyAsDouble(histogram));
        }
      }
      dropName(column, delayed);
    };
  }

  static Stage negate(boolean delayed) {
    return column -> {
      double[] values = column.values();
      for (int i = 0; i < values.length; i++) {
        NativeHistogram histogram = column.histogram(i);
        if (histogram != null) {
          column.set(i, HistogramArithmetic.multiply(histogram, -1));
        } else if (!Column.isAbsent(values[i])) {
          values[i] = -values[i];
        }
      }
      dropName(column, delayed);
    };
  }

  static Stage clamp(double[] min, double[] max, boolean delayed) {
    return column -> {
      column.dropHistograms();
      double[] values = column.values();
      for (int i = 0; i < values.length; i++) {
        if (max[i] < min[i]) {
          values[i] = Column.ABSENT;
        } else if (!Column.isAbsent(values[i])) {
          values[i] = Math.max(min[i], Math.min(max[i], values[i]));
        }
      }
      dropName(column, delayed);
    };
  }

  static Stage round(double[] nearest, boolean delayed) {
    return column -> {
      column.dropHistograms();
      double[] values = column.values();
      for (int i = 0; i < values.length; i++) {
        if (!Column.isAbsent(values[i])) {
          double inverse = 1 / nearest[i];
          values[i] = Math.floor(values[i] * inverse + 0.5) / inverse;
        }
      }
      dropName(column, delayed);
    };
  }

  /// `vector op scalar`, or with {@code swapped} `scalar op vector`.
  static Stage scalarOperation(
      Expr.Binary binary,
      double[] scalar,
      boolean swapped,
      Annotations annotations,
      boolean delayed) {
    BinaryOperator operator = binary.operator();
    boolean keepsName = !operator.changesMeaning() && !binary.returnBool();
    return column -> {
      double[] values = column.values();
      for (int i = 0; i < values.length; i++) {
        NativeHistogram histogram = column.histogram(i);
        if (histogram != null) {
          histogramWithScalar(column, i, binary, scalar[i], swapped, annotations);
        } else if (!Column.isAbsent(values[i])) {
          double left = swapped ? scalar[i] : values[i];
          double right = swapped ? values[i] : scalar[i];
          values[i] = number(binary, left, right, values[i], annotations);
        }
      }
      if (!keepsName) {
        dropName(column, delayed);
      }
    };
  }

  private static double number(
      Expr.Binary binary, double left, double right, double vector, Annotations annotations) {
    BinaryOperator operator = binary.operator();
    if (operator.isComparison()) {
      boolean holds = Operators.holds(operator, left, right);
      if (binary.returnBool()) {
        return holds ? 1 : 0;
      }
      return holds ? vector : Column.ABSENT;
    }
    if (operator == BinaryOperator.TRIM_LOWER || operator == BinaryOperator.TRIM_UPPER) {
      annotations.incompatibleTypes("float", operator.symbol(), "float", binary);
      return Column.ABSENT;
    }
    return Operators.compute(operator, left, right);
  }

  private static void histogramWithScalar(
      Column column,
      int step,
      Expr.Binary binary,
      double scalar,
      boolean swapped,
      Annotations annotations) {
    NativeHistogram histogram = column.histogram(step);
    BinaryOperator operator = binary.operator();
    if (histogram == null) {
      return;
    }
    if (operator == BinaryOperator.MULTIPLY) {
      column.set(step, HistogramArithmetic.multiply(histogram, scalar));
    } else if (!swapped && operator == BinaryOperator.DIVIDE) {
      column.set(step, HistogramArithmetic.divide(histogram, scalar));
    } else if (!swapped && operator == BinaryOperator.TRIM_UPPER) {
      column.set(step, HistogramTrim.below(histogram, scalar));
    } else if (!swapped && operator == BinaryOperator.TRIM_LOWER) {
      column.set(step, HistogramTrim.above(histogram, scalar));
    } else {
      annotations.incompatibleTypes(
          swapped ? "float" : "histogram",
          operator.symbol(),
          swapped ? "histogram" : "float",
          binary);
      column.remove(step);
    }
  }
}
