package io.oriel.promql.plan;

import io.oriel.promql.parse.BinaryOperator;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.parse.Expr.VectorSelector;
import io.oriel.promql.parse.Function;
import java.util.List;

/// What is left of an expression when times are known: parentheses gone, durations computed, steps
/// that do not depend on the time marked. Immutable.
public sealed interface PlanNode {
  /// The expression it came from, which knows the place in the query.
  Expr source();

  /// A number.
  record Constant(double value, Expr source) implements PlanNode {}

  /// A string.
  record Text(String value, Expr source) implements PlanNode {}

  /// When a selector looks.
  ///
  /// @param fixed whether it looks at {@code atMillis} whatever the evaluation time is
  /// @param offsetMillis how far back from there, negative for forward
  record When(boolean fixed, long atMillis, long offsetMillis) {
    /// The time it looks at when evaluated at {@code timeMillis}.
    public long from(long timeMillis) {
      return (fixed ? atMillis : timeMillis) - offsetMillis;
    }
  }

  /// The newest sample of each series.
  record Select(VectorSelector selector, When when, Expr source) implements PlanNode {}

  /// The samples of a window of each series.
  record Window(VectorSelector selector, long rangeMillis, When when, Expr source)
      implements PlanNode {}

  /// Results of {@code child} over a window; {@code stepMillis} is zero for the default.
  record Repeat(PlanNode child, long rangeMillis, long stepMillis, When when, Expr source)
      implements PlanNode {}

  /// A function call.
  record Invoke(Function function, List<PlanNode> arguments, Expr source) implements PlanNode {
    public Invoke {
      arguments = List.copyOf(arguments);
    }

    public String name() {
      return function.name();
    }
  }

  /// An aggregation.
  record Fold(Expr.Aggregate aggregate, List<PlanNode> arguments) implements PlanNode {
    public Fold {
      arguments = List.copyOf(arguments);
    }

    /// The vector that is aggregated.
    public PlanNode vector() {
      return arguments.getLast();
    }

    @Override
    public Expr source() {
      return aggregate;
    }
  }

  /// A binary operation.
  record Join(Expr.Binary binary, PlanNode left, PlanNode right) implements PlanNode {
    public BinaryOperator operator() {
      return binary.operator();
    }

    @Override
    public Expr source() {
      return binary;
    }
  }

  /// `-child`.
  record Negate(PlanNode child, Expr source) implements PlanNode {}

  /// A child whose value is the same at every step, so that it is evaluated once.
  record Invariant(PlanNode child) implements PlanNode {
    @Override
    public Expr source() {
      return child.source();
    }
  }

  /// What it is built on.
  default List<PlanNode> children() {
    return switch (this) {
      case Constant _, Text _, Select _, Window _ -> List.of();
      case Repeat repeat -> List.of(repeat.child());
      case Invoke invoke -> invoke.arguments();
      case Fold fold -> fold.arguments();
      case Join join -> List.of(join.left(), join.right());
      case Negate negate -> List.of(negate.child());
      case Invariant invariant -> List.of(invariant.child());
    };
  }
}
