package io.oriel.promql.parse;

/// A duration as written: a literal or an expression over literals, `step()` and `range()`.
public sealed interface DurationExpr {
  Span span();

  /// A number of seconds; {@code unit} when it was written with units.
  record Literal(double seconds, boolean unit, Span span) implements DurationExpr {
    /** No duration: an absent offset or step. */
    public static final Literal NONE = new Literal(0, false, new Span(0, 0));
  }

  /// The step of the query.
  record Step(Span span) implements DurationExpr {}

  /// The time from the start to the end of the query.
  record Range(Span span) implements DurationExpr {}

  /// Minus {@code operand}.
  record Negation(DurationExpr operand, Span span) implements DurationExpr {}

  /// `min_of` or `max_of`.
  record Extreme(boolean max, DurationExpr left, DurationExpr right, Span span)
      implements DurationExpr {}

  /// Arithmetic on seconds.
  record Arithmetic(BinaryOperator operator, DurationExpr left, DurationExpr right, Span span)
      implements DurationExpr {}

  /// `(operand)`.
  record Parenthesised(DurationExpr operand, Span span) implements DurationExpr {}

  /// Whether nothing was written, or zero.
  default boolean isNone() {
    return this instanceof Literal(double seconds, _, _) && seconds == 0;
  }
}
