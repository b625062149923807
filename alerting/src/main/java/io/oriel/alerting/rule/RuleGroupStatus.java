package io.oriel.alerting.rule;

import java.util.List;

/// One group as it stands after its last evaluation. Immutable.
///
/// @param lastEvaluationMillis when it was last evaluated; zero for never
public record RuleGroupStatus(
    String name,
    String file,
    long intervalMillis,
    int limit,
    long lastEvaluationMillis,
    double evaluationSeconds,
    List<RuleStatus> rules) {
  public RuleGroupStatus {
    rules = List.copyOf(rules);
  }
}
