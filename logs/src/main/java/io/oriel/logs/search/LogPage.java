package io.oriel.logs.search;

import java.util.List;

/// Some lines, in order.
///
/// @param total how many match, or a lower bound of it
/// @param totalIsExact whether it is the number itself
/// @param cursor what to ask the next page with; empty when there is none, or none was wanted
/// @param warnings why a part is missing; empty when nothing is
public record LogPage(
    List<LogLine> lines, long total, boolean totalIsExact, String cursor, List<String> warnings) {
  public LogPage {
    lines = List.copyOf(lines);
    warnings = List.copyOf(warnings);
  }
}
