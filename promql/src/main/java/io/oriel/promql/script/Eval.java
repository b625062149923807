package io.oriel.promql.script;

import io.oriel.model.labels.Labels;
import io.oriel.promql.value.Grid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An `eval` command with what it expects. Filled while its lines are read.
final class Eval {
  /// The values expected of one series.
  ///
  /// @param position its place in an ordered result, counted from one
  record Expected(int position, List<SequenceValue> values) {}

  final String query;
  final int line;
  final boolean instant;
  final Grid grid;
  final List<Expectation> expectations = new ArrayList<>();
  final Map<Labels, Expected> series = new LinkedHashMap<>();
  @Nullable Double scalar;
  @Nullable String string;
  @Nullable Grid rangeVector;

  Eval(String query, int line, boolean instant, Grid grid) {
    this.query = query;
    this.line = line;
    this.instant = instant;
    this.grid = grid;
  }

  boolean expects(Expectation.Kind kind) {
    return expectations.stream().anyMatch(expectation -> expectation.kind() == kind);
  }

  List<Expectation> of(Expectation.Kind kind) {
    return expectations.stream().filter(expectation -> expectation.kind() == kind).toList();
  }
}
