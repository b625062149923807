package io.oriel.federation.query;

import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.matcher.Matcher.Type;
import io.oriel.promql.parse.Aggregator;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.parse.TimeShift;
import io.oriel.promql.parse.ValueType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which parts of an expression can be evaluated apart at each of several endpoints.
///
/// A part is an aggregation by `sum`, `count`, `min`, `max` or `group` over something whose every
/// series comes from one endpoint: selectors, functions of one vector that leave the endpoints'
/// labels alone, arithmetic with scalars, and inner aggregations that keep a label in which all
/// endpoints differ. Functions that see what is absent, or join vectors, are evaluated here.
final class Distribution {
  /** Marks the selectors that stand for pushed parts. */
  static final String PUSHED = "__oriel_pushed__";

  private static final Set<String> NOT_APART =
      Set.of(
          "absent",
          "absent_over_time",
          "scalar",
          "vector",
          "info",
          "label_replace",
          "label_join",
          "sort",
          "sort_desc",
          "sort_by_label",
          "sort_by_label_desc");

  /** Labels in each of which all endpoints differ. */
  private final Set<String> distinct;

  private Distribution(Set<String> distinct) {
    this.distinct = distinct;
  }

  /// The distribution over {@code endpoints}; empty when they may share series or do not all serve
  /// queries.
  static Optional<Distribution> over(List<Endpoint> endpoints, List<String> replicaLabels) {
    Set<String> distinct = new HashSet<>();
    List<List<Labels>> sets = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      List<Labels> own =
          endpoint.labelSets().stream().map(set -> set.without(replicaLabels)).distinct().toList();
      boolean unknown = own.isEmpty() || own.stream().anyMatch(Labels::isEmpty);
      if (unknown || !PushDown.servesQueries(endpoint)) {
        return Optional.empty();
      }
      sets.add(own);
      own.forEach(set -> distinct.addAll(set.toMap().keySet()));
    }
    distinct.removeIf(name -> !areDistinct(name, sets));
    return distinct.isEmpty() || endpoints.isEmpty()
        ? Optional.empty()
        : Optional.of(new Distribution(distinct));
  }

  /// Whether no value of {@code name} belongs to two endpoints, and every label set has one.
  private static boolean areDistinct(String name, List<List<Labels>> sets) {
    Set<String> taken = new HashSet<>();
    for (List<Labels> own : sets) {
      Set<String> values = new HashSet<>();
      for (Labels set : own) {
        values.add(set.get(name));
      }
      for (String value : values) {
        if (value.isEmpty() || !taken.add(value)) {
          return false;
        }
      }
    }
    return true;
  }

  /// {@code expr} with its parts replaced by selectors.
  ///
  /// @param pushed takes the parts; the selector has their index
  Expr rewrite(Expr expr, List<Expr.Aggregate> pushed) {
    return switch (expr) {
      case Expr.Aggregate aggregate -> {
        Optional<Aggregator> merge = merging(aggregate.operator());
        if (merge.isPresent() && isApart(aggregate.vector())) {
          pushed.add(aggregate);
          yield new Expr.Aggregate(
              merge.get(),
              List.of(selector(pushed.size() - 1, aggregate)),
              aggregate.without(),
              aggregate.grouping(),
              aggregate.span());
        }
        yield new Expr.Aggregate(
            aggregate.operator(),
            rewritten(aggregate.arguments(), pushed),
            aggregate.without(),
            aggregate.grouping(),
            aggregate.span());
      }
      case Expr.Paren paren -> new Expr.Paren(rewrite(paren.expr(), pushed), paren.span());
      case Expr.Unary unary ->
          new Expr.Unary(unary.minus(), rewrite(unary.expr(), pushed), unary.span());
      case Expr.Binary binary ->
          new Expr.Binary(
              binary.operator(),
              rewrite(binary.left(), pushed),
              rewrite(binary.right(), pushed),
              binary.returnBool(),
              binary.matching());
      case Expr.Call call ->
          new Expr.Call(call.function(), rewritten(call.arguments(), pushed), call.span());
      case Expr.NumberLiteral _,
          Expr.StringLiteral _,
          Expr.VectorSelector _,
          Expr.MatrixSelector _,
          Expr.Subquery _ ->
          expr;
    };
  }

  private List<Expr> rewritten(List<Expr> arguments, List<Expr.Aggregate> pushed) {
    List<Expr> rewritten = new ArrayList<>();
    for (Expr argument : arguments) {
      rewritten.add(rewrite(argument, pushed));
    }
    return rewritten;
  }

  private static Expr.VectorSelector selector(int index, Expr.Aggregate aggregate) {
    return new Expr.VectorSelector(
        "",
        List.of(Matcher.of(Type.EQUAL, PUSHED, Integer.toString(index))),
        TimeShift.NONE,
        Expr.Edges.PLAIN,
        aggregate.span());
  }

  private static Optional<Aggregator> merging(Aggregator operator) {
    return switch (operator) {
      case SUM, COUNT -> Optional.of(Aggregator.SUM);
      case MIN, MAX, GROUP -> Optional.of(operator);
      case AVG, STDDEV, STDVAR, TOPK, BOTTOMK, COUNT_VALUES, QUANTILE, LIMITK, LIMIT_RATIO ->
          Optional.empty();
    };
  }

  private boolean isApart(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral _, Expr.StringLiteral _ -> true;
      case Expr.VectorSelector _, Expr.MatrixSelector _ -> true;
      case Expr.Subquery subquery -> isApart(subquery.expr());
      case Expr.Paren paren -> isApart(paren.expr());
      case Expr.Unary unary -> isApart(unary.expr());
      case Expr.Binary binary -> isApart(binary);
      case Expr.Call call ->
          !NOT_APART.contains(call.function().name())
              && hasVector(call.arguments())
              && call.arguments().stream().allMatch(this::isApart);
      case Expr.Aggregate aggregate ->
          keepsDistinct(aggregate) && aggregate.arguments().stream().allMatch(this::isApart);
    };
  }

  /// Scalars here may be literals only: what else yields one looks at the whole.
  private boolean isApart(Expr.Binary binary) {
    boolean left = binary.left().type() == ValueType.SCALAR;
    boolean right = binary.right().type() == ValueType.SCALAR;
    return left != right
        && isApart(left ? binary.right() : binary.left())
        && isLiteral(left ? binary.left() : binary.right());
  }

  private static boolean isLiteral(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral _ -> true;
      case Expr.Paren paren -> isLiteral(paren.expr());
      case Expr.Unary unary -> isLiteral(unary.expr());
      case Expr.Binary binary -> isLiteral(binary.left()) && isLiteral(binary.right());
      case Expr.StringLiteral _,
          Expr.VectorSelector _,
          Expr.MatrixSelector _,
          Expr.Subquery _,
          Expr.Call _,
          Expr.Aggregate _ ->
          false;
    };
  }

  /// A call without a vector, such as `hour()`, would be answered once by each endpoint.
  private static boolean hasVector(List<Expr> arguments) {
    return arguments.stream()
        .anyMatch(
            argument -> argument.type() == ValueType.VECTOR || argument.type() == ValueType.MATRIX);
  }

  private boolean keepsDistinct(Expr.Aggregate aggregate) {
    return distinct.stream()
        .anyMatch(name -> aggregate.grouping().contains(name) != aggregate.without());
  }
}
