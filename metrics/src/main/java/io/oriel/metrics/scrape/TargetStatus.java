package io.oriel.metrics.scrape;

import io.oriel.model.metric.MetricMetadata;
import java.util.Map;

/// A target as it is now, for the targets API.
///
/// @param lastScrapeMillis Unix milliseconds; zero before the first
/// @param lastError empty when the last scrape went well
public record TargetStatus(
    String job,
    Target target,
    Health health,
    long lastScrapeMillis,
    double lastDurationSeconds,
    String lastError,
    Map<String, MetricMetadata> metadata) {
  /// Whether it answers.
  public enum Health {
    UNKNOWN("unknown"),
    UP("up"),
    DOWN("down");

    private final String word;

    Health(String word) {
      this.word = word;
    }

    /// As the API writes it.
    public String word() {
      return word;
    }
  }

  public TargetStatus {
    metadata = Map.copyOf(metadata);
  }
}
