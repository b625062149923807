package io.oriel.promql.eval;

import io.oriel.model.metric.HistogramAccumulator;
import io.oriel.model.metric.HistogramArithmetic;
import io.oriel.model.metric.HistogramTrim;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.promql.function.Annotations;
import io.oriel.promql.parse.BinaryOperator;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.value.Column;

/// A binary operator on what two series hold at one step.
record ElementOperation(Expr.Binary binary, Annotations annotations) {
  void apply(Column left, Column right, Column out, int step) {
    NativeHistogram leftHistogram = left.histogram(step);
    NativeHistogram rightHistogram = right.histogram(step);
    if (leftHistogram == null && rightHistogram == null) {
      floats(left.value(step), right.value(step), out, step);
    } else if (leftHistogram != null && rightHistogram != null) {
      histograms(leftHistogram, rightHistogram, out, step);
    } else if (leftHistogram != null) {
      histogramFloat(leftHistogram, right.value(step), out, step);
    } else if (rightHistogram != null && binary.operator() == BinaryOperator.MULTIPLY) {
      out.set(step, HistogramArithmetic.multiply(rightHistogram, left.value(step)));
    } else {
      incompatible("float", "histogram");
    }
  }

  private void floats(double left, double right, Column out, int step) {
    BinaryOperator operator = binary.operator();
    if (operator.isComparison()) {
      boolean holds = Operators.holds(operator, left, right);
      if (binary.returnBool()) {
        out.set(step, holds ? 1 : 0);
      } else if (holds) {
        out.set(step, left);
      }
    } else if (operator == BinaryOperator.TRIM_LOWER || operator == BinaryOperator.TRIM_UPPER) {
      incompatible("float", "float");
    } else {
      out.set(step, Operators.compute(operator, left, right));
    }
  }

  private void histogramFloat(NativeHistogram left, double right, Column out, int step) {
    switch (binary.operator()) {
      case MULTIPLY -> out.set(step, HistogramArithmetic.multiply(left, right));
      case DIVIDE -> out.set(step, HistogramArithmetic.divide(left, right));
      case TRIM_UPPER -> out.set(step, HistogramTrim.below(left, right));
      case TRIM_LOWER -> out.set(step, HistogramTrim.above(left, right));
      default -> incompatible("histogram", "float");
    }
  }

  private void histograms(NativeHistogram left, NativeHistogram right, Column out, int step) {
    switch (binary.operator()) {
      case ADD -> add(left, right, 1, out, step);
      case SUBTRACT -> add(left, right, -1, out, step);
      case EQUAL -> compare(HistogramArithmetic.same(left, right), left, out, step);
      case NOT_EQUAL -> compare(!HistogramArithmetic.same(left, right), left, out, step);
      default -> incompatible("histogram", "histogram");
    }
  }

  private void compare(boolean holds, NativeHistogram left, Column out, int step) {
    if (binary.returnBool()) {
      out.set(step, holds ? 1 : 0);
    } else if (holds) {
      out.set(step, left);
    }
  }

  private void add(
      NativeHistogram left, NativeHistogram right, double factor, Column out, int step) {
    HistogramAccumulator sum = new HistogramAccumulator(left);
    if (!sum.accepts(right)) {
      annotations.warn(
          binary,
          "incompatible bucket layout encountered for binary operator "
              + binary.operator().symbol());
      return;
    }
    sum.add(right, factor);
    String operation = factor > 0 ? "addition" : "subtraction";
    if (sum.resetCollision()) {
      annotations.resetCollision(operation, binary);
    }
    if (sum.boundsReconciled()) {
      annotations.boundsReconciled(operation, binary);
    }
    NativeHistogram result = sum.build();
    out.set(step, factor > 0 ? result : HistogramArithmetic.withHint(result, ResetHint.GAUGE));
  }

  private void incompatible(String left, String right) {
    annotations.incompatibleTypes(left, binary.operator().symbol(), right, binary);
  }
}
