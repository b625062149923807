package io.oriel.alerting.unittest;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.promql.script.SeriesLine;
import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigMap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// A file of rule tests, as it is written.
///
/// @param rulePatterns files with the rules, relative to the test file; `*` allowed
/// @param evaluationMillis distance of evaluations
/// @param groupOrder names of groups in the order they are evaluated; others come first
/// @param fuzzy whether values may differ by one bit in the last place
record RuleTestFile(
    List<String> rulePatterns,
    long evaluationMillis,
    List<String> groupOrder,
    boolean fuzzy,
    List<Test> tests) {
  private static final long DEFAULT_INTERVAL = 60_000;

  /// A series and what is expected of rules over it.
  ///
  /// @param intervalMillis distance of the input's samples
  /// @param startMillis the time that all times of the test count from
  record Test(
      String name,
      long intervalMillis,
      List<SeriesLine> input,
      List<AlertCase> alerts,
      List<ExpressionCase> expressions,
      Labels externalLabels,
      String externalUrl,
      long startMillis) {
    /// The latest time that anything is expected at, from the start.
    long lastMillis() {
      long last = 0;
      for (AlertCase alert : alerts) {
        last = Math.max(last, alert.atMillis());
      }
      for (ExpressionCase expression : expressions) {
        last = Math.max(last, expression.atMillis());
      }
      return last;
    }
  }

  /// The alerts that are to fire at a time.
  record AlertCase(long atMillis, String alertName, List<ExpectedAlert> expected) {}

  /// @param labels with `alertname`
  record ExpectedAlert(Labels labels, Labels annotations) {}

  /// What an expression is to yield at a time.
  record ExpressionCase(long atMillis, String expression, List<ExpectedSample> expected) {}

  /// @param histogram in the notation of input series; empty for a float
  record ExpectedSample(String labels, double value, String histogram) {}

  static RuleTestFile load(Path file) throws IOException {
    ConfigDocument document = ConfigDocument.load(file);
    ConfigMap root = document.root();
    long evaluation = positive(root.durationMillis("evaluation_interval", 0), DEFAULT_INTERVAL);
    List<String> order = root.strings("group_eval_order");
    HashSet<String> seen = new HashSet<>();
    for (String group : order) {
      if (!seen.add(group)) {
        root.problem("group_eval_order", "group name repeated in evaluation order: " + group);
      }
    }
    List<Test> tests = new ArrayList<>();
    for (ConfigMap in : root.maps("tests")) {
      tests.add(test(in, tests.size(), evaluation));
    }
    RuleTestFile read =
        new RuleTestFile(
            root.strings("rule_files"),
            evaluation,
            order,
            root.bool("fuzzy_compare", false),
            tests);
    document.check();
    return read;
  }

  private static long positive(long value, long fallback) {
    return value > 0 ? value : fallback;
  }

  private static Test test(ConfigMap in, int position, long evaluation) {
    List<SeriesLine> input = new ArrayList<>();
    for (ConfigMap series : in.maps("input_series")) {
      String line = series.string("series", "") + " " + series.string("values", "");
      try {
        input.add(SeriesLine.parse(line));
      } catch (OrielException e) {
        series.problem("series", e.reason());
      }
    }
    List<AlertCase> alerts = new ArrayList<>();
    for (ConfigMap alert : in.maps("alert_rule_test")) {
      alerts.add(alertCase(alert));
    }
    List<ExpressionCase> expressions = new ArrayList<>();
    for (ConfigMap expression : in.maps("promql_expr_test")) {
      expressions.add(expressionCase(expression));
    }
    return new Test(
        in.string("name", "unnamed#" + position),
        positive(in.durationMillis("interval", 0), evaluation),
        List.copyOf(input),
        alerts,
        expressions,
        labels(in.stringMap("external_labels")),
        in.string("external_url", ""),
        in.parsed(
            "start_timestamp", 0L, "an RFC 3339 time or Unix seconds", RuleTestFile::startMillis));
  }

  private static AlertCase alertCase(ConfigMap in) {
    String name = in.string("alertname", "");
    if (name.isEmpty()) {
      in.problem(
          "alertname",
          "an item under alert_rule_test misses required attribute alertname at eval_time "
              + in.string("eval_time", "0s"));
    }
    List<ExpectedAlert> expected = new ArrayList<>();
    for (ConfigMap alert : in.maps("exp_alerts")) {
      expected.add(
          new ExpectedAlert(
              labels(alert.stringMap("exp_labels")).with("alertname", name),
              labels(alert.stringMap("exp_annotations"))));
    }
    return new AlertCase(in.durationMillis("eval_time", 0), name, expected);
  }

  private static ExpressionCase expressionCase(ConfigMap in) {
    List<ExpectedSample> expected = new ArrayList<>();
    for (ConfigMap sample : in.maps("exp_samples")) {
      expected.add(
          new ExpectedSample(
              sample.string("labels", ""),
              sample.number("value", 0),
              sample.string("histogram", "")));
    }
    return new ExpressionCase(in.durationMillis("eval_time", 0), in.string("expr", ""), expected);
  }

  private static Labels labels(Map<String, String> map) {
    return Labels.copyOf(map);
  }

  private static long startMillis(String text) {
    try {
      return Math.round(1000 * Double.parseDouble(text));
    } catch (NumberFormatException _) {
      try {
        return Instant.parse(text).toEpochMilli();
      } catch (DateTimeException e) {
        throw OrielException.invalid(String.valueOf(e.getMessage()));
      }
    }
  }
}
