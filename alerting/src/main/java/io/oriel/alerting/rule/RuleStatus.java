package io.oriel.alerting.rule;

import java.util.List;

/// One rule as it stands after its last evaluation. Immutable.
///
/// @param config what the rule is
/// @param health how its last evaluation went
/// @param lastError what went wrong then; empty when nothing did
/// @param lastEvaluationMillis when it was last evaluated; zero for never
/// @param evaluationSeconds how long that took
/// @param state the worst state among its alerts; INACTIVE for a recording rule
/// @param alerts its pending and firing alerts
public record RuleStatus(
    RuleConfig config,
    Health health,
    String lastError,
    long lastEvaluationMillis,
    double evaluationSeconds,
    Alert.State state,
    List<Alert> alerts) {
  /// How an evaluation went.
  public enum Health {
    UNKNOWN("unknown"),
    OK("ok"),
    ERROR("err");

    private final String word;

    Health(String word) {
      this.word = word;
    }

    /// As the API writes it.
    public String word() {
      return word;
    }
  }

  public RuleStatus {
    alerts = List.copyOf(alerts);
  }
}
