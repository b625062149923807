package io.oriel.alerting.rule;

import io.oriel.model.series.Answer;
import java.io.IOException;
import java.util.List;

/// How rules ask: an instant query over whatever the role reads from, local storage or a fan-out.
@FunctionalInterface
public interface RuleQuery {
  /// The vector that {@code expression} has at {@code timeMillis}; a scalar is a vector of one
  /// series without labels.
  ///
  /// @throws io.oriel.model.error.OrielException when the query fails
  Answer<List<RuleSample>> at(String expression, long timeMillis) throws IOException;
}
