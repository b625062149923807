package io.oriel.promql.parse;

import io.oriel.model.matcher.Matcher;
import java.util.ArrayList;
import java.util.List;

/// The selectors that an expression is made of.
public final class Selectors {
  private Selectors() {}

  /// The matchers of every vector selector in {@code expr}.
  public static List<List<Matcher>> in(Expr expr) {
    return vectorsIn(expr).stream().map(Expr.VectorSelector::matchers).toList();
  }

  /// Every vector selector in {@code expr}, those of ranges included.
  public static List<Expr.VectorSelector> vectorsIn(Expr expr) {
    List<Expr.VectorSelector> found = new ArrayList<>();
    collect(expr, found);
    return found;
  }

  private static void collect(Expr expr, List<Expr.VectorSelector> into) {
    switch (expr) {
      case Expr.NumberLiteral _, Expr.StringLiteral _ -> {
        // selects nothing
      }
      case Expr.VectorSelector selector -> into.add(selector);
      case Expr.MatrixSelector matrix -> into.add(matrix.selector());
      case Expr.Subquery subquery -> collect(subquery.expr(), into);
      case Expr.Paren paren -> collect(paren.expr(), into);
      case Expr.Unary unary -> collect(unary.expr(), into);
      case Expr.Binary binary -> {
        collect(binary.left(), into);
        collect(binary.right(), into);
      }
      case Expr.Call call -> call.arguments().forEach(argument -> collect(argument, into));
      case Expr.Aggregate aggregate ->
          aggregate.arguments().forEach(argument -> collect(argument, into));
    }
  }
}
