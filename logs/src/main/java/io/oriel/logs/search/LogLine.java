package io.oriel.logs.search;

import java.util.List;
import java.util.Map;

/// A line as the engine has it.
///
/// @param index where it lies
/// @param document JSON
/// @param marked by field, what matched, in `<em>`
public record LogLine(String index, String id, String document, Map<String, List<String>> marked) {
  public LogLine {
    marked = Map.copyOf(marked);
  }
}
