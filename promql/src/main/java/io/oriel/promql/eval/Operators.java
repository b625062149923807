package io.oriel.promql.eval;

import io.oriel.model.error.OrielException;
import io.oriel.promql.parse.BinaryOperator;

/// Binary operators on two floats.
final class Operators {
  private Operators() {}

  /// Whether a comparison holds; NaN compares as not equal to anything.
  static boolean holds(BinaryOperator operator, double left, double right) {
    return switch (operator) {
      case EQUAL -> left == right;
      case NOT_EQUAL -> left != right;
      case GREATER -> left > right;
      case LESS -> left < right;
      case GREATER_OR_EQUAL -> left >= right;
      case LESS_OR_EQUAL -> left <= right;
      default -> throw OrielException.bug("no comparison: " + operator);
    };
  }

  static double compute(BinaryOperator operator, double left, double right) {
    return switch (operator) {
      case ADD -> left + right;
      case SUBTRACT -> left - right;
      case MULTIPLY -> left * right;
      case DIVIDE -> left / right;
      case MODULO -> left % right;
      case POWER -> power(left, right);
      case ATAN2 -> Math.atan2(left, right);
      case EQUAL, NOT_EQUAL, GREATER, LESS, GREATER_OR_EQUAL, LESS_OR_EQUAL ->
          holds(operator, left, right) ? 1 : 0;
      case AND, OR, UNLESS, TRIM_LOWER, TRIM_UPPER ->
          throw OrielException.bug("no arithmetic: " + operator);
    };
  }

  /// As Go: one to any power is one, and minus one to an infinite one too.
  private static double power(double left, double right) {
    if (left == 1 || (left == -1 && Double.isInfinite(right))) {
      return 1;
    }
    return Math.pow(left, right);
  }
}
