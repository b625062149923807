package io.oriel.promql.parse;

import io.oriel.model.matcher.Matcher;
import java.util.List;

/// A PromQL expression as written, with places. Immutable.
public sealed interface Expr {
  /// Where it stands in the query.
  Span span();

  /// What evaluating it yields.
  ValueType type();

  /// A number; {@code duration} when it was written with units, as `5m` for 300.
  record NumberLiteral(double value, boolean duration, Span span) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.SCALAR;
    }
  }

  /// A string, without its quotes and escapes.
  record StringLiteral(String value, Span span) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.STRING;
    }
  }

  /// How a selector treats the edges of its window.
  enum Edges {
    PLAIN(""),
    ANCHORED(" anchored"),
    SMOOTHED(" smoothed");

    private final String suffix;

    Edges(String suffix) {
      this.suffix = suffix;
    }

    /// As printed behind a selector.
    public String suffix() {
      return suffix;
    }
  }

  /// Series by name and matchers.
  ///
  /// @param name the metric name written before the braces, or empty
  /// @param matchers all matchers, the one for {@code name} included as the last
  record VectorSelector(
      String name, List<Matcher> matchers, TimeShift shift, Edges edges, Span span)
      implements Expr {
    public VectorSelector {
      matchers = List.copyOf(matchers);
    }

    @Override
    public ValueType type() {
      return ValueType.VECTOR;
    }

    VectorSelector with(TimeShift newShift, Span newSpan) {
      return new VectorSelector(name, matchers, newShift, edges, newSpan);
    }

    VectorSelector with(Edges newEdges) {
      return new VectorSelector(name, matchers, shift, newEdges, span);
    }
  }

  /// Samples of a window: `selector[range]`.
  record MatrixSelector(VectorSelector selector, DurationExpr range, Span span) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }
  }

  /// An instant query repeated over a window: `expr[range:step]`.
  record Subquery(Expr expr, DurationExpr range, DurationExpr step, TimeShift shift, Span span)
      implements Expr {
    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }
  }

  /// `(expr)`.
  record Paren(Expr expr, Span span) implements Expr {
    @Override
    public ValueType type() {
      return expr.type();
    }
  }

  /// `-expr` or `+expr`.
  record Unary(boolean minus, Expr expr, Span span) implements Expr {
    @Override
    public ValueType type() {
      return expr.type();
    }
  }

  /// `left op right`.
  record Binary(
      BinaryOperator operator, Expr left, Expr right, boolean returnBool, VectorMatching matching)
      implements Expr {
    @Override
    public Span span() {
      return Span.from(left.span(), right.span());
    }

    @Override
    public ValueType type() {
      return left.type() == ValueType.SCALAR && right.type() == ValueType.SCALAR
          ? ValueType.SCALAR
          : ValueType.VECTOR;
    }
  }

  /// A function call.
  record Call(Function function, List<Expr> arguments, Span span) implements Expr {
    public Call {
      arguments = List.copyOf(arguments);
    }

    @Override
    public ValueType type() {
      return function.returns();
    }
  }

  /// An aggregation over groups of series.
  ///
  /// @param arguments the vector, behind the parameter where the operator has one
  /// @param without whether {@code grouping} names labels to drop (else to keep)
  record Aggregate(
      Aggregator operator, List<Expr> arguments, boolean without, List<String> grouping, Span span)
      implements Expr {
    public Aggregate {
      arguments = List.copyOf(arguments);
      grouping = List.copyOf(grouping);
    }

    /// The vector that is aggregated.
    public Expr vector() {
      return arguments.getLast();
    }

    @Override
    public ValueType type() {
      return ValueType.VECTOR;
    }
  }
}
