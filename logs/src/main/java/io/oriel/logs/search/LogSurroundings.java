package io.oriel.logs.search;

import java.util.List;

/// A line and those around it, oldest first.
///
/// @param position of the line itself among {@code lines}
/// @param warnings why a part is missing; empty when nothing is
public record LogSurroundings(List<LogLine> lines, int position, List<String> warnings) {
  public LogSurroundings {
    lines = List.copyOf(lines);
    warnings = List.copyOf(warnings);
  }
}
