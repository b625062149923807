package io.oriel.promql.eval;

import io.oriel.model.labels.Labels;
import io.oriel.promql.parse.BinaryOperator;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.value.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// `and`, `or` and `unless`: per step, what is there on one side decides what stays of the other.
final class SetJoin {
  private final Grouping matching;
  private final BinaryOperator operator;
  private final int steps;

  SetJoin(Expr.Binary binary, int steps) {
    this.matching = Grouping.matching(binary.matching().on(), binary.matching().labels());
    this.operator = binary.operator();
    this.steps = steps;
  }

  List<Column> join(List<Column> left, List<Column> right) {
    return switch (operator) {
      case AND -> masked(left, presence(right), true);
      case UNLESS -> masked(left, presence(right), false);
      default -> {
        List<Column> all = new ArrayList<>(left);
        all.addAll(masked(right, presence(left), false));
        for (int i = 0; i < all.size(); i++) {
          all.get(i).ordinal(i);
        }
        yield Names.merge(all);
      }
    };
  }

  private Map<Labels, boolean[]> presence(List<Column> columns) {
    Map<Labels, boolean[]> presence = new HashMap<>();
    for (Column column : columns) {
      boolean[] here =
          presence.computeIfAbsent(matching.group(column.labels()), _ -> new boolean[steps]);
      for (int step = 0; step < steps; step++) {
        here[step] |= column.isPresent(step);
      }
    }
    return presence;
  }

  /// Leaves in each column only the steps at which its partners are there, or are not.
  private List<Column> masked(
      List<Column> columns, Map<Labels, boolean[]> partners, boolean wanted) {
    List<Column> result = new ArrayList<>();
    boolean[] nobody = new boolean[steps];
    for (Column column : columns) {
      boolean[] there = partners.getOrDefault(matching.group(column.labels()), nobody);
      for (int step = 0; step < steps; step++) {
        if (there[step] != wanted) {
          column.remove(step);
        }
      }
      if (!column.isEmpty()) {
        result.add(column);
      }
    }
    return result;
  }
}
