package io.oriel.logs.search;

import java.util.List;

/// Lines like each other.
///
/// @param patterns the most frequent first
/// @param sampled how many lines were looked at
/// @param total how many match
/// @param unassigned sampled lines without a pattern, because there were too many patterns
/// @param warnings why a part is missing; empty when nothing is
public record PatternSummary(
    List<Pattern> patterns, int sampled, long total, long unassigned, List<String> warnings) {
  public PatternSummary {
    patterns = List.copyOf(patterns);
    warnings = List.copyOf(warnings);
  }

  /// One pattern.
  ///
  /// @param text its words, those that change as `<*>`
  /// @param count of sampled lines
  /// @param example a whole line
  public record Pattern(String text, long count, String example) {}
}
