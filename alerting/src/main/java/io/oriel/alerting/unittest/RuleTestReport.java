package io.oriel.alerting.unittest;

import java.util.List;

/// How the tests of one file went.
public record RuleTestReport(String file, List<Outcome> outcomes) {
  /// How one test went.
  ///
  /// @param failures one text for each expectation that was not met; empty when all were
  /// @param nanos how long it took
  public record Outcome(String test, List<String> failures, long nanos) {
    public Outcome {
      failures = List.copyOf(failures);
    }
  }

  public RuleTestReport {
    outcomes = List.copyOf(outcomes);
  }

  /// Whether everything was as expected.
  public boolean isPassed() {
    return outcomes.stream().allMatch(outcome -> outcome.failures().isEmpty());
  }

  /// All failures, in order.
  public List<String> failures() {
    return outcomes.stream().flatMap(outcome -> outcome.failures().stream()).toList();
  }
}
