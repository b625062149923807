package io.oriel.promql.eval;

import io.oriel.promql.parse.Printer;
import io.oriel.promql.parse.ValueType;
import io.oriel.promql.plan.PlanNode;
import io.oriel.promql.plan.PlanNode.Fold;
import io.oriel.promql.plan.PlanNode.Join;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// Parts that occur more than once in a query and are evaluated once: aggregations, and operands of
/// binary operators, which are held in memory anyway.
final class Shared {
  private final Set<String> repeated = new HashSet<>();
  private final Map<String, List<Column>> results = new HashMap<>();

  Shared(PlanNode root) {
    if (hasJoin(root)) {
      Set<String> seen = new HashSet<>();
      find(root, false, seen);
    }
  }

  private static boolean hasJoin(PlanNode node) {
    return node instanceof Join || node.children().stream().anyMatch(Shared::hasJoin);
  }

  private void find(PlanNode node, boolean operand, Set<String> seen) {
    boolean candidate =
        node instanceof Fold || (operand && !(node instanceof PlanNode.Constant) && isVector(node));
    if (candidate) {
      String text = Printer.print(node.source());
      if (!seen.add(text)) {
        repeated.add(text);
        return;
      }
    }
    for (PlanNode child : node.children()) {
      find(child, node instanceof Join, seen);
    }
  }

  private static boolean isVector(PlanNode node) {
    return node.source().type() == ValueType.VECTOR;
  }

  boolean isShared(PlanNode node) {
    return !repeated.isEmpty()
        && !(node instanceof PlanNode.Invariant)
        && isVector(node)
        && repeated.contains(Printer.print(node.source()));
  }

  /// A copy of the columns of {@code node}, computed the first time it is asked for.
  List<Column> get(PlanNode node, Grid grid, Supplier<List<Column>> compute) {
    String key = Printer.print(node.source()) + grid;
    List<Column> columns = results.get(key);
    if (columns == null) {
      columns = compute.get();
      results.put(key, columns);
    }
    return copy(columns);
  }

  private static List<Column> copy(List<Column> columns) {
    List<Column> copies = new ArrayList<>(columns.size());
    for (Column column : columns) {
      Column copy = column.sibling();
      for (int step = 0; step < column.steps(); step++) {
        copy.copy(column, step);
      }
      copies.add(copy);
    }
    return copies;
  }
}
