package io.oriel.alerting.rule;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// What rule evaluation counts, under Prometheus' names. Thread-safe.
public final class RuleMetrics {
  final Counter evaluations;
  final Counter failures;
  final Counter iterations;
  final Counter missed;
  final Gauge interval;
  final Gauge lastEvaluation;
  final Gauge lastDuration;
  final Gauge lastSamples;
  final Gauge rules;
  final Summary evaluationDuration;
  final Histogram groupDuration;

  public RuleMetrics(PrometheusRegistry registry) {
    evaluations = counter(registry, "rule_evaluations_total", "Rule evaluations.");
    failures = counter(registry, "rule_evaluation_failures_total", "Failed rule evaluations.");
    iterations =
        counter(registry, "rule_group_iterations_total", "Scheduled evaluations of the group.");
    missed =
        counter(
            registry,
            "rule_group_iterations_missed_total",
            "Evaluations of the group that were missed because an earlier one took too long.");
    interval = gauge(registry, "rule_group_interval_seconds", "The interval of the group.");
    lastEvaluation =
        gauge(
            registry,
            "rule_group_last_evaluation_timestamp_seconds",
            "When the group was last evaluated, in Unix seconds.");
    lastDuration =
        gauge(
            registry,
            "rule_group_last_duration_seconds",
            "How long the group's last evaluation took.");
    lastSamples =
        gauge(
            registry,
            "rule_group_last_evaluation_samples",
            "Samples that the group's last evaluation returned.");
    rules = gauge(registry, "rule_group_rules", "Rules in the group.");
    evaluationDuration =
        Summary.builder()
            .name("prometheus_rule_evaluation_duration_seconds")
            .help("How long a rule takes to evaluate.")
            .quantile(0.5)
            .quantile(0.9)
            .quantile(0.99)
            .register(registry);
    groupDuration =
        Histogram.builder()
            .name("prometheus_rule_group_duration_seconds")
            .help("How long a group takes to evaluate.")
            .register(registry);
  }

  private static Counter counter(PrometheusRegistry registry, String name, String help) {
    return Counter.builder()
        .name("prometheus_" + name)
        .help(help)
        .labelNames("rule_group")
        .register(registry);
  }

  private static Gauge gauge(PrometheusRegistry registry, String name, String help) {
    return Gauge.builder()
        .name("prometheus_" + name)
        .help(help)
        .labelNames("rule_group")
        .register(registry);
  }
}
