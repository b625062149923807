package io.oriel.promql.parse;

/// The binary operators of PromQL.
public enum BinaryOperator {
  OR("or", 1),
  AND("and", 2),
  UNLESS("unless", 2),
  EQUAL("==", 3),
  NOT_EQUAL("!=", 3),
  GREATER(">", 3),
  LESS("<", 3),
  GREATER_OR_EQUAL(">=", 3),
  LESS_OR_EQUAL("<=", 3),
  TRIM_UPPER("</", 3),
  TRIM_LOWER(">/", 3),
  ADD("+", 4),
  SUBTRACT("-", 4),
  MULTIPLY("*", 5),
  DIVIDE("/", 5),
  MODULO("%", 5),
  ATAN2("atan2", 5),
  POWER("^", 6);

  private final String symbol;
  private final int precedence;

  BinaryOperator(String symbol, int precedence) {
    this.symbol = symbol;
    this.precedence = precedence;
  }

  /// As written in a query.
  public String symbol() {
    return symbol;
  }

  /// Higher binds tighter.
  public int precedence() {
    return precedence;
  }

  /// Whether `a op b op c` means `a op (b op c)`.
  public boolean isRightAssociative() {
    return this == POWER;
  }

  public boolean isComparison() {
    return switch (this) {
      case EQUAL, NOT_EQUAL, GREATER, LESS, GREATER_OR_EQUAL, LESS_OR_EQUAL -> true;
      default -> false;
    };
  }

  public boolean isSet() {
    return this == OR || this == AND || this == UNLESS;
  }

  /// Whether the result is another thing than the left side was, so that its name is dropped.
  public boolean changesMeaning() {
    return switch (this) {
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO, ATAN2, POWER -> true;
      default -> false;
    };
  }
}
