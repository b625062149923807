package io.oriel.federation.frontend;

import io.oriel.promql.parse.Expr;
import io.oriel.promql.parse.ValueType;
import io.oriel.promql.parse.VectorMatching;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// By which labels series can be dealt out so that whatever meets in a query stays together.
///
/// The rules are Thanos', made stricter where those would let groups be torn apart: metric names
/// never count, labels that a join copies over do not either, and what makes series from nothing
/// (`vector`, `absent`) or renames labels refuses the query.
final class ShardAnalysis {
  private static final Set<String> REFUSED =
      Set.of(
          "absent",
          "absent_over_time",
          "scalar",
          "vector",
          "info",
          "label_replace",
          "label_join",
          "histogram_quantiles");
  private static final Set<String> OF_BUCKETS = Set.of("histogram_quantile", "histogram_fraction");

  /// The labels to hash, or all but these.
  record Choice(boolean by, List<String> labels) {}

  private final Set<String> excluded = new LinkedHashSet<>(List.of("__name__"));
  private final Set<String> kept = new LinkedHashSet<>();
  private boolean by;
  private boolean grouped;
  private boolean refused;

  private ShardAnalysis() {}

  /// The choice for {@code expr}; none when it cannot be sharded.
  static Optional<Choice> of(Expr expr) {
    ShardAnalysis analysis = new ShardAnalysis();
    analysis.visit(expr);
    if (analysis.refused || !analysis.grouped) {
      return Optional.empty();
    }
    if (!analysis.by) {
      return Optional.of(new Choice(false, List.copyOf(analysis.excluded)));
    }
    List<String> labels = new ArrayList<>(analysis.kept);
    labels.removeAll(analysis.excluded);
    return labels.isEmpty() ? Optional.empty() : Optional.of(new Choice(true, labels));
  }

  private void visit(Expr expr) {
    switch (expr) {
      case Expr.NumberLiteral _, Expr.StringLiteral _, Expr.VectorSelector _ -> {}
      case Expr.MatrixSelector matrix -> visit(matrix.selector());
      case Expr.Subquery subquery -> visit(subquery.expr());
      case Expr.Paren paren -> visit(paren.expr());
      case Expr.Unary unary -> visit(unary.expr());
      case Expr.Call call -> {
        refused |= REFUSED.contains(call.function().name());
        if (OF_BUCKETS.contains(call.function().name())) {
          excluded.add("le");
        }
        call.arguments().forEach(this::visit);
      }
      case Expr.Binary binary -> {
        visit(binary.left());
        visit(binary.right());
        if (vector(binary.left()) && vector(binary.right())) {
          match(binary.matching());
        }
      }
      case Expr.Aggregate aggregate -> {
        switch (aggregate.operator()) {
          case SUM, AVG, COUNT, MIN, MAX, GROUP, STDDEV, STDVAR, TOPK, BOTTOMK, QUANTILE ->
              scope(aggregate.grouping(), !aggregate.without());
          case COUNT_VALUES, LIMITK, LIMIT_RATIO -> refused = true;
        }
        aggregate.arguments().forEach(this::visit);
      }
    }
  }

  private void match(VectorMatching matching) {
    refused |= !matching.fill().isNone();
    scope(matching.labels(), matching.on());
    excluded.addAll(matching.include());
  }

  private void scope(Collection<String> labels, boolean scopeBy) {
    if (!scopeBy) {
      excluded.addAll(labels);
    } else if (by) {
      kept.retainAll(labels);
    } else {
      by = true;
      kept.addAll(labels);
    }
    grouped = true;
  }

  private static boolean vector(Expr expr) {
    return expr.type() == ValueType.VECTOR;
  }
}
