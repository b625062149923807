package io.oriel.alerting.unittest;

import io.oriel.alerting.rule.Alert;
import io.oriel.alerting.rule.EngineQueries;
import io.oriel.alerting.rule.RuleConfig;
import io.oriel.alerting.rule.RuleFile;
import io.oriel.alerting.rule.RuleGroup;
import io.oriel.alerting.rule.RuleMetrics;
import io.oriel.alerting.rule.RuleOptions;
import io.oriel.alerting.rule.RuleSample;
import io.oriel.alerting.rule.RuleSlots;
import io.oriel.alerting.rule.RuleStatus;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Quoted;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.number.GoFloat;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.model.time.DurationSyntax;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.script.SequenceValue;
import io.oriel.promql.script.SeriesLine;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One test on its way through time.
final class RuleTestRun {
  /// A sample of a result, comparable with an expected one.
  private record Sample(Labels labels, double value, @Nullable String histogram) {
    @Override
    public String toString() {
      return labels
          + " "
          + (histogram == null ? GoFloat.formatExponent(value).replace('e', 'E') : histogram);
    }
  }

  private final RuleTestFile file;
  private final RuleTestFile.Test test;
  private final RuleTests.Differences differences;
  private final TestStorage storage;
  private final EngineQueries queries;
  private final List<RuleGroup> groups = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  RuleTestRun(
      RuleTestFile file,
      RuleTestFile.Test test,
      List<RuleFile> rules,
      QueryEngine engine,
      RuleTests.Differences differences,
      LongSupplier nanos) {
    this.file = file;
    this.differences = differences;
    this.test = test;
    this.storage = new TestStorage(test);
    this.queries = new EngineQueries(engine, storage.queryable());
    RuleOptions standard = RuleOptions.standard();
    RuleOptions options =
        new RuleOptions(
            test.intervalMillis(),
            0,
            test.externalLabels(),
            test.externalUrl(),
            standard.outageToleranceMillis(),
            standard.gracePeriodMillis(),
            standard.resendDelayMillis());
    RuleGroup.Collaborators with =
        new RuleGroup.Collaborators(
            queries,
            storage,
            (_, _) -> {},
            new RuleMetrics(new PrometheusRegistry()),
            RuleSlots.none(),
            nanos);
    record Ordered(int position, RuleGroup group) {}
    List<Ordered> ordered = new ArrayList<>();
    for (RuleFile ruleFile : rules) {
      for (RuleFile.Group group : ruleFile.groups()) {
        int position = Math.max(0, file.groupOrder().indexOf(group.name()));
        ordered.add(new Ordered(position, new RuleGroup(ruleFile.path(), group, options, with)));
      }
    }
    ordered.sort(Comparator.comparingInt(Ordered::position));
    ordered.forEach(one -> groups.add(one.group));
  }

  /// Evaluates everything, and says what is not as expected.
  List<String> run() {
    for (RuleGroup group : groups) {
      group.restore(test.startMillis());
    }
    List<RuleTestFile.AlertCase> due =
        test.alerts().stream()
            .sorted(Comparator.comparingLong(RuleTestFile.AlertCase::atMillis))
            .toList();
    int next = 0;
    for (long at = 0; at <= test.lastMillis(); at += file.evaluationMillis()) {
      if (!evaluate(test.startMillis() + at)) {
        return failures;
      }
      while (next < due.size() && due.get(next).atMillis() < at + file.evaluationMillis()) {
        check(due.get(next++));
      }
    }
    test.expressions().forEach(this::check);
    return failures;
  }

  /// Every sample up to the last time that is asked about, as PromQL prints a matrix.
  String dump() throws IOException {
    long end = test.startMillis() + lastSecondMillis();
    List<String> lines = new ArrayList<>();
    SampleColumns rows = new SampleColumns();
    try (Querier querier = storage.queryable().querier(test.startMillis(), end);
        SeriesCursor cursor =
            querier.select(
                SelectHints.range(test.startMillis(), end).withSorted(true), List.of())) {
      for (Series series = cursor.next(); series != null; series = cursor.next()) {
        rows.clear();
        series.read(rows);
        lines.add(series.labels() + " =>");
        for (int i = 0; i < rows.size(); i++) {
          NativeHistogram h = rows.histogram(i);
          String value =
              h == null ? GoFloat.format(rows.values()[i]) : SequenceValue.of(h).toString();
          lines.add(value + " @[" + rows.timestamps()[i] + "]");
        }
      }
    }
    return String.join("\n", lines);
  }

  /// The whole second behind the last time that is asked about, from the test's start.
  long lastSecondMillis() {
    return (test.lastMillis() / 1000 + 1) * 1000;
  }

  private boolean evaluate(long timeMillis) {
    storage.loadUntil(timeMillis);
    boolean ok = true;
    for (RuleGroup group : groups) {
      group.evaluate(timeMillis);
      for (RuleStatus rule : group.status().rules()) {
        if (!rule.lastError().isEmpty()) {
          ok = false;
          failures.add(
              "    rule: "
                  + rule.config().name()
                  + ", time: "
                  + DurationSyntax.format(timeMillis)
                  + ", err: "
                  + rule.lastError());
        }
      }
    }
    return ok;
  }

  private void check(RuleTestFile.AlertCase wanted) {
    List<RuleTestFile.ExpectedAlert> got = new ArrayList<>();
    for (RuleGroup group : groups) {
      for (RuleStatus rule : group.status().rules()) {
        if (rule.config() instanceof RuleConfig.Alerting alerting
            && alerting.name().equals(wanted.alertName())) {
          rule.alerts().stream()
              .filter(alert -> alert.state() == Alert.State.FIRING)
              .map(a -> new RuleTestFile.ExpectedAlert(a.labels(), Labels.copyOf(a.annotations())))
              .forEach(got::add);
        }
      }
    }
    List<RuleTestFile.ExpectedAlert> expected = new ArrayList<>(wanted.expected());
    Comparator<RuleTestFile.ExpectedAlert> order =
        Comparator.comparing(RuleTestFile.ExpectedAlert::labels)
            .thenComparing(RuleTestFile.ExpectedAlert::annotations);
    got.sort(order);
    expected.sort(order);
    if (expected.equals(got)) {
      return;
    }
    if (differences == RuleTests.Differences.IN_COLOURS) {
      failures.add(
          "    name: %s,\n    alertname: %s, time: %s, \n        diff: %s"
              .formatted(
                  test.name(),
                  wanted.alertName(),
                  DurationSyntax.format(wanted.atMillis()),
                  AlertDiff.of(expected, got, "            ")));
    } else {
      failures.add(
          "    name: %s,\n    alertname: %s, time: %s, \n        exp:%s, \n        got:%s"
              .formatted(
                  test.name(),
                  wanted.alertName(),
                  DurationSyntax.format(wanted.atMillis()),
                  alerts(expected),
                  alerts(got)));
    }
  }

  private static String alerts(List<RuleTestFile.ExpectedAlert> alerts) {
    if (alerts.isEmpty()) {
      return "[]";
    }
    StringBuilder out = new StringBuilder("[");
    for (int i = 0; i < alerts.size(); i++) {
      out.append((i == 0 ? "" : ",") + "\n            " + i + ":")
          .append("\n              Labels:" + alerts.get(i).labels())
          .append("\n              Annotations:" + alerts.get(i).annotations());
    }
    return out.append("\n            ]").toString();
  }

  private void check(RuleTestFile.ExpressionCase wanted) {
    String where =
        "    expr: "
            + Quoted.of(wanted.expression())
            + ", time: "
            + DurationSyntax.format(wanted.atMillis());
    try {
      List<Sample> expected =
          sorted(wanted.expected().stream().map(RuleTestRun::expectedSample).toList());
      List<Sample> got =
          sorted(
              queries
                  .at(wanted.expression(), test.startMillis() + wanted.atMillis())
                  .value()
                  .stream()
                  .map(RuleTestRun::gotSample)
                  .toList());
      if (!same(expected, got)) {
        failures.add(where + ",\n        exp: " + text(expected) + "\n        got: " + text(got));
      }
    } catch (OrielException e) {
      failures.add(where + ", err: " + e.reason());
    }
  }

  private static List<Sample> sorted(List<Sample> samples) {
    return samples.stream().sorted(Comparator.comparing(Sample::labels)).toList();
  }

  private static Sample gotSample(RuleSample sample) {
    NativeHistogram histogram = sample.histogram();
    return new Sample(
        sample.labels(),
        histogram == null ? sample.value() : 0,
        histogram == null ? null : SequenceValue.of(histogram).toString());
  }

  private static Sample expectedSample(RuleTestFile.ExpectedSample sample) {
    Labels labels = SeriesLine.parseLabels(sample.labels().strip());
    if (sample.histogram().isEmpty()) {
      return new Sample(labels, sample.value(), null);
    }
    List<SequenceValue> values = SeriesLine.values(sample.histogram());
    if (values.size() != 1 || values.getFirst().histogram() == null) {
      throw OrielException.invalid(
          "labels " + Quoted.of(sample.labels()) + ": got " + values + ", want one histogram");
    }
    return new Sample(labels, 0, values.getFirst().toString());
  }

  private boolean same(List<Sample> expected, List<Sample> got) {
    if (expected.size() != got.size()) {
      return false;
    }
    for (int i = 0; i < got.size(); i++) {
      Sample a = expected.get(i);
      Sample b = got.get(i);
      boolean near =
          a.value == b.value
              || (Double.isNaN(a.value) && Double.isNaN(b.value))
              || (file.fuzzy()
                  && (Math.nextUp(a.value) == b.value || Math.nextDown(a.value) == b.value));
      if (!near
          || !a.labels.equals(b.labels)
          || !String.valueOf(a.histogram).equals(String.valueOf(b.histogram))) {
        return false;
      }
    }
    return true;
  }

  private static String text(List<Sample> samples) {
    return samples.isEmpty()
        ? "nil"
        : String.join(", ", samples.stream().map(Sample::toString).toList());
  }
}
