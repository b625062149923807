package io.oriel.promql.plan;

import io.oriel.model.error.OrielException;
import io.oriel.promql.parse.DurationExpr;
import io.oriel.promql.parse.Span;

/// Computes duration expressions for a query whose step and range are known.
record Durations(long stepMillis, long rangeMillis) {
  private static final double MAX_SECONDS = Long.MAX_VALUE / 1e9;

  /// Milliseconds of a range or step, which must be positive.
  long positive(DurationExpr expr) {
    double seconds = seconds(expr);
    if (seconds <= 0) {
      throw error(expr.span(), "duration must be greater than 0");
    }
    return millis(expr, seconds);
  }

  /// Milliseconds of an offset.
  long any(DurationExpr expr) {
    return millis(expr, seconds(expr));
  }

  private static long millis(DurationExpr expr, double seconds) {
    if (Double.isNaN(seconds) || Double.isInfinite(seconds)) {
      throw error(expr.span(), "duration is NaN or infinite");
    }
    if (Math.abs(seconds) > MAX_SECONDS) {
      throw error(expr.span(), "duration is out of range");
    }
    return expr instanceof DurationExpr.Literal
        ? Math.round(seconds * 1000)
        : (long) (seconds * 1000);
  }

  private double seconds(DurationExpr expr) {
    return switch (expr) {
      case DurationExpr.Literal literal -> literal.seconds();
      case DurationExpr.Step _ -> stepMillis / 1000.0;
      case DurationExpr.Range _ -> rangeMillis / 1000.0;
      case DurationExpr.Negation negation -> -seconds(negation.operand());
      case DurationExpr.Parenthesised inner -> seconds(inner.operand());
      case DurationExpr.Extreme(boolean max, DurationExpr left, DurationExpr right, _) ->
          max ? Math.max(seconds(left), seconds(right)) : Math.min(seconds(left), seconds(right));
      case DurationExpr.Arithmetic arithmetic -> arithmetic(arithmetic);
    };
  }

  private double arithmetic(DurationExpr.Arithmetic expr) {
    double left = seconds(expr.left());
    double right = seconds(expr.right());
    return switch (expr.operator()) {
      case ADD -> left + right;
      case SUBTRACT -> left - right;
      case MULTIPLY -> left * right;
      case POWER -> Math.pow(left, right);
      case DIVIDE -> {
        if (right == 0) {
          throw error(expr.span(), "division by zero");
        }
        yield left / right;
      }
      default -> {
        if (right == 0) {
          throw error(expr.span(), "modulo by zero");
        }
        yield left % right;
      }
    };
  }

  private static OrielException error(Span span, String problem) {
    return OrielException.invalid(span.start() + ":" + span.end() + ": " + problem);
  }
}
