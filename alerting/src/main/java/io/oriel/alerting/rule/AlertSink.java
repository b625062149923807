package io.oriel.alerting.rule;

import java.util.List;

/// Takes alerts that are to be sent.
@FunctionalInterface
public interface AlertSink {
  /// Queues {@code alerts}, firing and resolved ones, of the rule with {@code expression}; does not
  /// wait for anybody.
  void send(String expression, List<Alert> alerts);
}
