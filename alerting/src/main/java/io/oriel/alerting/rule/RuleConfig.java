package io.oriel.alerting.rule;

import io.oriel.model.labels.Labels;
import java.util.Map;

/// One rule as it is written.
public sealed interface RuleConfig {
  /// The metric it records, or the alert it raises.
  String name();

  /// The PromQL expression.
  String expression();

  /// Labels to add to every result; templates for an alerting rule.
  Labels labels();

  /// The line of the file, counted from 1.
  int line();

  /// Writes the result of an expression under a new name.
  record Recording(String name, String expression, Labels labels, int line) implements RuleConfig {}

  /// Raises an alert for each series of an expression's result.
  ///
  /// @param forMillis how long the result must last before the alert fires
  /// @param keepFiringForMillis how long it keeps firing after the result is gone
  /// @param annotations templates by name
  record Alerting(
      String name,
      String expression,
      long forMillis,
      long keepFiringForMillis,
      Labels labels,
      Map<String, String> annotations,
      int line)
      implements RuleConfig {
    public Alerting {
      annotations = Map.copyOf(annotations);
    }
  }
}
