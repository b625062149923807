package io.oriel.wire.exposition;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.MetricType;
import io.oriel.model.number.GoFloat;

/// Whether the samples of one histogram add up.
final class GroupCheck {
  private final MetricType type;
  private double lastBound = Double.NEGATIVE_INFINITY;
  private double lastCount;
  private boolean anyBucket;
  private boolean anyNegative;
  private double infinite = Double.NaN;
  private double count = Double.NaN;
  private double sum = Double.NaN;
  private String mistake = "";

  GroupCheck(MetricType type) {
    this.type = type;
  }

  /// The number that a label's text is, NaN when it is none.
  static double number(String text) {
    try {
      return GoFloat.parse(text);
    } catch (OrielException _) {
      return Double.NaN;
    }
  }

  void add(String suffix, Labels labels, double value) {
    if (type != MetricType.HISTOGRAM && type != MetricType.GAUGE_HISTOGRAM) {
      return;
    }
    switch (suffix) {
      case "_bucket" -> bucket(number(labels.get(LabelName.BUCKET)), value);
      case "_count", "_gcount" -> count = value;
      case "_sum", "_gsum" -> sum = value;
      default -> {}
    }
  }

  private void bucket(double bound, double value) {
    if (anyBucket && bound <= lastBound) {
      mistake = "buckets out of order";
    }
    if (anyBucket && value < lastCount) {
      mistake = "bucket smaller than the one below it";
    }
    anyBucket = true;
    anyNegative |= bound < 0;
    lastBound = bound;
    lastCount = value;
    if (bound == Double.POSITIVE_INFINITY) {
      infinite = value;
    }
  }

  /// What is wrong now that the group is complete; empty when nothing is.
  String mistake() {
    boolean gauge = type == MetricType.GAUGE_HISTOGRAM;
    if (!mistake.isEmpty() || !(gauge || type == MetricType.HISTOGRAM)) {
      return mistake;
    }
    if (Double.isNaN(infinite)) {
      return "histogram without a +Inf bucket";
    }
    boolean hasCount = !Double.isNaN(count);
    boolean hasSum = !Double.isNaN(sum);
    if (hasCount && count != infinite) {
      return "count " + count + " differs from the +Inf bucket " + infinite;
    }
    if (hasSum && !hasCount) {
      return "sum without a count";
    }
    if (gauge && hasCount && !hasSum) {
      return "count without a sum";
    }
    if (!gauge && hasSum && anyNegative) {
      return "sum beside negative buckets";
    }
    if (gauge && sum < 0 && !anyNegative) {
      return "negative sum without negative buckets";
    }
    return "";
  }
}
