package io.oriel.app.tool;

import io.oriel.alerting.unittest.RuleTestReport;
import java.util.Locale;

/// Results of tests as JUnit XML, which build servers read.
final class JUnitReport {
  private final StringBuilder suites = new StringBuilder();

  void add(RuleTestReport report) {
    long failed = report.outcomes().stream().filter(one -> !one.failures().isEmpty()).count();
    suites.append(
        "  <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"0\">%n"
            .formatted(escaped(report.file()), report.outcomes().size(), failed));
    for (RuleTestReport.Outcome outcome : report.outcomes()) {
      suites.append(
          "    <testcase name=\"%s\" time=\"%s\">%n"
              .formatted(
                  escaped(outcome.test()),
                  String.format(Locale.ROOT, "%.3f", outcome.nanos() / 1e9)));
      for (String failure : outcome.failures()) {
        suites.append("      <failure>%s</failure>%n".formatted(escaped(failure)));
      }
      suites.append("    </testcase>\n");
    }
    suites.append("  </testsuite>\n");
  }

  /// A file whose tests could not be run.
  void abort(String file, String reason) {
    suites.append(
        ("  <testsuite name=\"%s\" tests=\"0\" failures=\"0\" errors=\"1\">%n"
                + "    <system-err>%s</system-err>%n  </testsuite>%n")
            .formatted(escaped(file), escaped(reason)));
  }

  String toXml() {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        + suites
        + "</testsuites>\n";
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
