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

/// A binary operator on what two series hold at one step. Each method says whether the two go
/// together; also where a comparison does not hold they do.
record ElementOperation(Expr.Binary binary, Annotations annotations) {
  boolean apply(Column left, Column right, Column out, int step) {
    NativeHistogram leftHistogram = left.histogram(step);
    NativeHistogram rightHistogram = right.histogram(step);
    if (leftHistogram == null && rightHistogram == null) {
      return floats(left.value(step), right.value(step), out, step);
    }
    if (leftHistogram != null && rightHistogram != null) {
      return histograms(leftHistogram, rightHistogram, out, step);
    }
    if (leftHistogram != null) {
      return histogramFloat(leftHistogram, right.value(step), out, step);
    }
    if (rightHistogram != null && binary.operator() == BinaryOperator.MULTIPLY) {
      return put(out, step, HistogramArithmetic.multiply(rightHistogram, left.value(step)));
    }
    return incompatible("float", "histogram");
  }

  private boolean floats(double left, double right, Column out, int step) {
    BinaryOperator operator = binary.operator();
    if (operator.isComparison()) {
      boolean holds = Operators.holds(operator, left, right);
      if (binary.returnBool()) {
        out.set(step, holds ? 1 : 0);
      } else if (holds) {
        out.set(step, left);
      }
      return true;
    }
    if (operator == BinaryOperator.TRIM_LOWER || operator == BinaryOperator.TRIM_UPPER) {
      return incompatible("float", "float");
    }
    out.set(step, Operators.compute(operator, left, right));
    return true;
  }

  private boolean histogramFloat(NativeHistogram left, double right, Column out, int step) {
    return switch (binary.operator()) {
      case MULTIPLY -> put(out, step, HistogramArithmetic.multiply(left, right));
      case DIVIDE -> put(out, step, HistogramArithmetic.divide(left, right));
      case TRIM_UPPER -> put(out, step, HistogramTrim.below(left, right));
      case TRIM_LOWER -> put(out, step, HistogramTrim.above(left, right));
      default -> incompatible("histogram", "float");
    };
  }

  private static boolean put(Column out, int step, NativeHistogram result) {
    out.set(step, result);
    return true;
  }

  private boolean histograms(NativeHistogram left, NativeHistogram right, Column out, int step) {
    return switch (binary.operator()) {
      case ADD -> add(left, right, 1, out, step);
      case SUBTRACT -> add(left, right, -1, out, step);
      case EQUAL -> compare(HistogramArithmetic.same(left, right), left, out, step);
      case NOT_EQUAL -> compare(!HistogramArithmetic.same(left, right), left, out, step);
      default -> incompatible("histogram", "histogram");
    };
  }

  private boolean compare(boolean holds, NativeHistogram left, Column out, int step) {
    if (binary.returnBool()) {
      out.set(step, holds ? 1 : 0);
    } else if (holds) {
      out.set(step, left);
    }
    return true;
  }

  private boolean add(
      NativeHistogram left, NativeHistogram right, double factor, Column out, int step) {
    HistogramAccumulator sum = new HistogramAccumulator(left);
    if (!sum.accepts(right)) {
      annotations.warn(
          binary,
          "incompatible bucket layout encountered for binary operator "
              + binary.operator().symbol());
      return false;
    }
    sum.add(right, factor);
    String operation = factor > 0 ? "addition" : "subtraction";
    if (sum.resetCollision()) {
      /* As upstream: whoever adds a reset to no reset gets the warning and no result. */
      annotations.resetCollision(operation, binary);
      return false;
    }
    if (sum.boundsReconciled()) {
      annotations.boundsReconciled(operation, binary);
    }
    NativeHistogram result = sum.build();
    return put(
        out, step, factor > 0 ? result : HistogramArithmetic.withHint(result, ResetHint.GAUGE));
  }

  private boolean incompatible(String left, String right) {
    annotations.incompatibleTypes(left, binary.operator().symbol(), right, binary);
    return false;
  }
}
