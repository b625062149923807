package io.oriel.alerting.rule;

import io.oriel.model.labels.Labels;

/// What all groups share.
///
/// @param intervalMillis global `evaluation_interval`
/// @param queryOffsetMillis global `rule_query_offset`
/// @param externalLabels for templates and restored state
/// @param externalUrl for templates and links
/// @param outageToleranceMillis `--rules.alert.for-outage-tolerance`: older state is not restored
/// @param gracePeriodMillis `--rules.alert.for-grace-period`: least time a restored alert stays
///   pending
/// @param resendDelayMillis `--rules.alert.resend-delay`: least time between two sendings of one
///   alert
public record RuleOptions(
    long intervalMillis,
    long queryOffsetMillis,
    Labels externalLabels,
    String externalUrl,
    long outageToleranceMillis,
    long gracePeriodMillis,
    long resendDelayMillis) {
  /// Prometheus' defaults.
  public static RuleOptions standard() {
    return new RuleOptions(60_000, 0, Labels.empty(), "", 3_600_000, 600_000, 60_000);
  }
}
