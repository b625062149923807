package io.oriel.promql.function;

import io.oriel.model.labels.Quoted;
import io.oriel.model.number.GoFloat;
import io.oriel.model.series.Warning;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.parse.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a query's reader should know about its result; texts are upstream's. Thread-safe.
///
/// The same text is kept once, with the place it was first met at.
public final class Annotations {
  private final String query;
  private final Map<String, Warning> notes = new LinkedHashMap<>();
  private final Map<String, Monotonicity> monotonicity = new LinkedHashMap<>();

  public Annotations(String query) {
    this.query = query;
  }

  /// All of them, warnings first.
  public synchronized List<Warning> all() {
    List<Warning> all = new ArrayList<>(notes.values());
    monotonicity.values().forEach(note -> all.add(Warning.info(note.text(query))));
    all.sort((a, b) -> a.level().compareTo(b.level()));
    return all;
  }

  /// A warning that storage gave.
  public synchronized void add(Warning warning) {
    notes.putIfAbsent(warning.text(), warning);
  }

  public synchronized void warn(Expr where, String text) {
    notes.computeIfAbsent(
        "PromQL warning: " + text, key -> Warning.warning(placed(key, where.span())));
  }

  public synchronized void info(Expr where, String text) {
    notes.computeIfAbsent("PromQL info: " + text, key -> Warning.info(placed(key, where.span())));
  }

  private String placed(String text, Span span) {
    return text + " (" + span.place(query) + ")";
  }

  public void mixedFloatsHistograms(String metric, Expr where) {
    warn(where, "encountered a mix of histograms and floats for metric name " + Quoted.of(metric));
  }

  public void mixedInAggregation(Expr where) {
    warn(where, "encountered a mix of histograms and floats for aggregation");
  }

  public void mixedSchemas(String metric, Expr where) {
    warn(
        where,
        "vector contains a mix of histograms with exponential and custom buckets schemas for"
            + " metric name "
            + Quoted.of(metric));
  }

  public void notCounter(String metric, Expr where) {
    warn(where, "this native histogram metric is not a counter: " + Quoted.of(metric));
  }

  public void notGauge(String metric, Expr where) {
    warn(where, "this native histogram metric is not a gauge: " + Quoted.of(metric));
  }

  public void ignoredInAggregation(String aggregation, Expr where) {
    info(where, "ignored histogram in " + aggregation + " aggregation");
  }

  public void ignoredInMixedRange(String metric, Expr where) {
    info(
        where,
        "ignored histograms in a range containing both floats and histograms for metric name "
            + Quoted.of(metric));
  }

  public void resetCollision(String operation, Expr where) {
    warn(where, "conflicting counter resets during histogram " + operation);
  }

  public void boundsReconciled(String operation, Expr where) {
    info(where, "mismatched custom buckets were reconciled during " + operation);
  }

  public void incompatibleTypes(String left, String operator, String right, Expr where) {
    info(
        where,
        "incompatible sample types encountered for binary operator "
            + Quoted.of(operator)
            + ": "
            + left
            + " "
            + operator
            + " "
            + right);
  }

  public void invalidQuantile(double quantile, Expr where) {
    warn(where, "quantile value should be between 0 and 1, got " + GoFloat.formatShort(quantile));
  }

  public void invalidRatio(double ratio, double capped, Expr where) {
    warn(
        where,
        "ratio value should be between -1 and 1, got "
            + GoFloat.formatShort(ratio)
            + ", capping to "
            + GoFloat.formatShort(capped));
  }

  public void badBucketLabel(String metric, String label, Expr where) {
    warn(
        where,
        "bucket label \"le\" is missing or has a malformed value of "
            + Quoted.of(label)
            + forMetric(metric));
  }

  public void mixedClassicNative(String metric, Expr where) {
    warn(where, "vector contains a mix of classic and native histograms" + forMetric(metric));
  }

  static String forMetric(String metric) {
    return metric.isEmpty() ? "" : " for metric name " + Quoted.of(metric);
  }

  /// Notes that buckets of {@code metric} had to be made monotonic.
  public synchronized void monotonicityForced(String metric, Expr where, Monotonicity.Fix fix) {
    monotonicity.computeIfAbsent(metric, key -> new Monotonicity(key, where.span())).add(fix);
  }
}
