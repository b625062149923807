package io.oriel.app.role.rule;

import io.oriel.alerting.rule.RuleQuery;
import io.oriel.alerting.rule.RuleSample;
import io.oriel.model.series.Answer;
import java.io.IOException;
import java.util.List;

/// Asks for the age of alerts here first, where it is newest, and elsewhere when nothing is here
/// any more; everything else elsewhere only.
///
/// @param own answers from the own database
/// @param remote answers from query roles
record RuleRestoring(RuleQuery own, RuleQuery remote) implements RuleQuery {
  /** As restoring writes the metric, and nobody by hand. */
  private static final String STATE = "__name__=\"ALERTS_FOR_STATE\"";

  @Override
  public Answer<List<RuleSample>> at(String expression, long timeMillis) throws IOException {
    if (expression.contains(STATE)) {
      Answer<List<RuleSample>> here = own.at(expression, timeMillis);
      if (!here.value().isEmpty()) {
        return here;
      }
    }
    return remote.at(expression, timeMillis);
  }
}
