package io.oriel.promql.eval;

import io.oriel.model.labels.Labels;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.value.Column;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// An aggregation that folds each series into its group as it streams by: only the groups are held.
final class FoldSource implements VectorSource {
  private final VectorSource input;
  private final Grouping grouping;
  private final Supplier<GroupState> states;
  private final int steps;

  FoldSource(VectorSource input, Expr.Aggregate aggregate, Supplier<GroupState> states, int steps) {
    this.grouping = Grouping.of(aggregate);
    this.input =
        input instanceof Selectors.Nameless nameless && grouping.ignoresMetadata()
            ? nameless.source()
            : input;
    this.states = states;
    this.steps = steps;
  }

  static GroupState state(Expr.Aggregate aggregate, Execution execution, int steps) {
    return switch (aggregate.operator()) {
      case SUM, AVG -> new SumState(aggregate, execution.annotations(), steps);
      case COUNT -> new CountState(true, steps);
      case GROUP -> new CountState(false, steps);
      case MIN, MAX -> new ExtremeState(aggregate, execution.annotations(), steps);
      case STDDEV, STDVAR -> new SpreadState(aggregate, execution.annotations(), steps);
      case TOPK, BOTTOMK, COUNT_VALUES, QUANTILE, LIMITK, LIMIT_RATIO ->
          throw new IllegalArgumentException("does not fold: " + aggregate.operator());
    };
  }

  private static final class Group {
    final GroupState state;
    int ordinal = Integer.MAX_VALUE;
    boolean nameDropped;

    Group(GroupState state) {
      this.state = state;
    }
  }

  @Override
  public void drain(SinkFactory sinks) {
    List<Map<Labels, Group>> parts = new ArrayList<>();
    input.drain(
        () -> {
          Map<Labels, Group> part = new HashMap<>();
          synchronized (parts) {
            parts.add(part);
          }
          return column -> {
            Group group =
                part.computeIfAbsent(
                    grouping.group(column.labels()), labels -> new Group(states.get()));
            group.ordinal = Math.min(group.ordinal, column.ordinal());
            group.nameDropped |= column.isNameDropped();
            group.state.add(column);
            return false;
          };
        });
    Sink sink = sinks.open();
    merged(parts).forEach(sink::accept);
  }

  private List<Column> merged(List<Map<Labels, Group>> parts) {
    Map<Labels, Group> all = new HashMap<>();
    for (Map<Labels, Group> part : parts) {
      part.forEach(
          (labels, group) -> {
            Group ours = all.putIfAbsent(labels, group);
            if (ours != null) {
              ours.state.merge(group.state);
              ours.ordinal = Math.min(ours.ordinal, group.ordinal);
              ours.nameDropped |= group.nameDropped;
            }
          });
    }
    List<Column> columns = new ArrayList<>(all.size());
    all.forEach(
        (labels, group) -> {
          Column column = new Column(steps).clear().labels(labels).ordinal(group.ordinal);
          column.nameDropped(group.nameDropped);
          group.state.finish(column);
          if (!column.isEmpty()) {
            columns.add(column);
          }
        });
    columns.sort(Comparator.comparingInt(Column::ordinal));
    return columns;
  }
}
