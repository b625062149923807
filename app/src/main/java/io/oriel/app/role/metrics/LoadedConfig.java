package io.oriel.app.role.metrics;

import io.oriel.alerting.rule.RuleFile;
import io.oriel.metrics.config.PrometheusConfig;
import java.util.List;

/// A config that was accepted, with the rule files it names. Immutable.
record LoadedConfig(PrometheusConfig prometheus, List<RuleFile> rules) {
  LoadedConfig {
    rules = List.copyOf(rules);
  }
}
