package io.oriel.logs.parse;

import com.google.re2j.Pattern;
import java.util.List;

/// Keeps messages that match, or those that do not.
final class FilterStage implements Stage {
  private final List<Pattern> patterns;
  private final boolean keepMatching;
  private final ParseMetrics metrics;

  FilterStage(List<Pattern> patterns, boolean keepMatching, ParseMetrics metrics) {
    this.patterns = patterns;
    this.keepMatching = keepMatching;
    this.metrics = metrics;
  }

  @Override
  public void accept(LogEvent event, Next next) {
    String message = event.message();
    boolean matches = patterns.stream().anyMatch(pattern -> pattern.matcher(message).find());
    if (matches == keepMatching) {
      next.accept(event);
    } else {
      metrics.drop(keepMatching ? "include_message" : "exclude_lines", 1);
    }
  }
}
