package io.oriel.promql.eval;

import io.oriel.promql.eval.Execution.Limits;
import io.oriel.promql.parse.Expr.Edges;
import io.oriel.promql.plan.PlanNode;
import io.oriel.promql.plan.PlanNode.Invariant;
import io.oriel.promql.plan.PlanNode.Repeat;
import io.oriel.promql.plan.PlanNode.Select;
import io.oriel.promql.plan.PlanNode.When;
import io.oriel.promql.plan.PlanNode.Window;
import io.oriel.promql.value.Grid;

/// From when to when a query reads samples, both inclusive, Unix milliseconds.
public record TimeRange(long minMillis, long maxMillis) {
  /// What {@code plan} reads when evaluated on {@code grid}.
  public static TimeRange of(PlanNode plan, Grid grid, Limits limits) {
    TimeRange range = of(plan, grid.startMillis(), grid.endMillis(), limits.lookbackMillis());
    return range.minMillis <= range.maxMillis
        ? range
        : new TimeRange(grid.startMillis(), grid.startMillis());
  }

  private static TimeRange of(PlanNode node, long start, long end, long lookback) {
    return switch (node) {
      case Select select ->
          around(
              select.when(),
              start,
              end,
              lookback,
              select.selector().edges() == Edges.SMOOTHED ? lookback : 0);
      case Window window -> {
        Edges edges = window.selector().edges();
        yield around(
            window.when(),
            start,
            end,
            window.rangeMillis() + (edges == Edges.PLAIN ? 0 : lookback),
            edges == Edges.SMOOTHED ? lookback : 0);
      }
      case Repeat repeat ->
          of(
              repeat.child(),
              repeat.when().from(start) - repeat.rangeMillis(),
              repeat.when().from(end),
              lookback);
      case Invariant invariant -> of(invariant.child(), start, start, lookback);
      case PlanNode other -> {
        TimeRange all = new TimeRange(Long.MAX_VALUE, Long.MIN_VALUE);
        for (PlanNode child : other.children()) {
          TimeRange range = of(child, start, end, lookback);
          all =
              new TimeRange(
                  Math.min(all.minMillis, range.minMillis),
                  Math.max(all.maxMillis, range.maxMillis));
        }
        yield all;
      }
    };
  }

  private static TimeRange around(When when, long start, long end, long before, long after) {
    return new TimeRange(when.from(start) - before, when.from(end) + after);
  }
}
