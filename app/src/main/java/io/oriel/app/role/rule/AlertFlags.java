package io.oriel.app.role.rule;

import io.oriel.model.time.DurationSyntax;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/// The flags of `oriel rule` about alerts.
final class AlertFlags {
  @Option(
      names = "--alertmanagers.url",
      paramLabel = "URL",
      description =
          "An Alertmanager: http://host:port, with dns+, dnssrv+ or dnssrvnoa+ before it for every address of"
              + " the name.")
  private List<String> alertmanagers = List.of();

  @Option(
      names = "--alertmanagers.send-timeout",
      paramLabel = "DURATION",
      description = "How long an Alertmanager may take.")
  private String timeout = "10s";

  @Option(
      names = "--alert.query-url",
      paramLabel = "URL",
      description = "Where links in alerts lead.")
  private String externalUrl = "";

  @Option(
      names = "--alert.label-drop",
      paramLabel = "NAME",
      description = "A label that alerts do not keep, so that those of two rulers are one.")
  private List<String> dropped = List.of();

  @Option(
      names = "--for-outage-tolerance",
      paramLabel = "DURATION",
      description = "Longest outage after which alert state is restored.")
  private String outageTolerance = "1h";

  @Option(
      names = "--for-grace-period",
      paramLabel = "DURATION",
      description = "Least time a restored alert stays pending.")
  private String gracePeriod = "10m";

  @Option(
      names = "--resend-delay",
      paramLabel = "DURATION",
      description = "Least time between two sendings of an alert.")
  private String resendDelay = "1m";

  @Option(
      names = {"--alertmanagers.sd-dns-interval", "--alert.query-template"},
      paramLabel = "VALUE",
      hidden = true,
      description = "Accepted for manifests that have it.")
  private List<String> unused = List.of();

  RuleRole.Alerting alerting() {
    return new RuleRole.Alerting(alertmanagers, DurationSyntax.parse(timeout), Set.copyOf(dropped));
  }

  String externalUrl() {
    return externalUrl;
  }

  long outageToleranceMillis() {
    return DurationSyntax.parseMillis(outageTolerance);
  }

  long gracePeriodMillis() {
    return DurationSyntax.parseMillis(gracePeriod);
  }

  long resendDelayMillis() {
    return DurationSyntax.parseMillis(resendDelay);
  }
}
