package io.oriel.promql.eval;

import io.oriel.promql.value.Column;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A vector over the steps of a grid, as a stream of columns. May be drained once.
///
/// Columns come in no particular order, from several threads at once, each thread with a sink of
/// its own; a column's ordinal says where it belongs.
interface VectorSource {
  /// Sends every column to one of the sinks that {@code sinks} opens, one per thread, and returns
  /// when all are sent.
  void drain(SinkFactory sinks);

  /// Opens the sink of one thread; must be safe to call from that thread.
  interface SinkFactory {
    Sink open();
  }

  /// A source of columns that are there already.
  static VectorSource of(List<Column> columns) {
    return sinks -> {
      Sink sink = sinks.open();
      columns.forEach(sink::accept);
    };
  }

  /// All columns that hold anything, by ordinal; they are accounted for in {@code execution}.
  default List<Column> collect(Execution execution) {
    List<List<Column>> parts = new ArrayList<>();
    drain(
        () -> {
          List<Column> part = new ArrayList<>();
          synchronized (parts) {
            parts.add(part);
          }
          return column -> {
            if (column.isEmpty()) {
              return false;
            }
            execution.keep(column);
            part.add(column);
            return true;
          };
        });
    List<Column> all = new ArrayList<>();
    parts.forEach(all::addAll);
    all.sort(Comparator.comparingInt(Column::ordinal));
    return all;
  }

  /// This source with {@code stage} applied to every column; empty columns end there.
  default VectorSource map(Stage stage) {
    return sinks ->
        drain(
            () -> {
              Sink sink = sinks.open();
              return column -> {
                stage.apply(column);
                return !column.isEmpty() && sink.accept(column);
              };
            });
  }

  /// Changes a column in place. Safe to use from several threads.
  interface Stage {
    void apply(Column column);
  }
}
