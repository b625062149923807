package io.oriel.app.role.metrics;

import io.oriel.model.time.DurationSyntax;
import java.util.List;
import picocli.CommandLine.Option;

/// The `--rules.*` and `--alertmanager.*` flags.
final class RuleFlags {
  @Option(
      names = "--rules.alert.for-outage-tolerance",
      paramLabel = "DURATION",
      description = "Longest outage after which alert state is restored.")
  private String outageTolerance = "1h";

  @Option(
      names = "--rules.alert.for-grace-period",
      paramLabel = "DURATION",
      description = "Least time a restored alert stays pending.")
  private String gracePeriod = "10m";

  @Option(
      names = "--rules.alert.resend-delay",
      paramLabel = "DURATION",
      description = "Least time between two sendings of an alert.")
  private String resendDelay = "1m";

  @Option(
      names = "--alertmanager.notification-queue-capacity",
      description = "Most alerts waiting to be sent.")
  private int notificationQueue = 10_000;

  @Option(
      names = "--rules.max-concurrent-evals",
      description = "Independent rules that run at once, with feature concurrent-rule-eval.")
  private int concurrentEvaluations = 4;

  @Option(
      names = {
        "--alertmanager.notification-batch-size",
        "--alertmanager.drain-notification-queue-on-shutdown"
      },
      paramLabel = "VALUE",
      hidden = true,
      description = "Accepted for manifests that have it.")
  private List<String> unused = List.of();

  /// @param concurrent whether the feature `concurrent-rule-eval` is on
  MetricsOptions.Rules options(boolean concurrent) {
    return new MetricsOptions.Rules(
        DurationSyntax.parseMillis(outageTolerance),
        DurationSyntax.parseMillis(gracePeriod),
        DurationSyntax.parseMillis(resendDelay),
        notificationQueue,
        concurrent ? concurrentEvaluations : 0);
  }
}
