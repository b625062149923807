package io.oriel.promql;

import io.oriel.model.series.Warning;
import io.oriel.promql.value.Value;
import java.util.List;

/// What a query yields.
///
/// @param warnings what the reader should know: warnings first, then infos, with their places
/// @param analysis operators with what was measured; empty unless asked for
public record QueryResult(Value value, List<Warning> warnings, QueryStats stats, String analysis) {
  public QueryResult {
    warnings = List.copyOf(warnings);
  }
}
