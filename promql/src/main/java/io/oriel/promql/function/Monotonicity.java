package io.oriel.promql.function;

import io.oriel.model.number.GoFloat;
import io.oriel.promql.parse.Span;
import java.time.Instant;
import java.util.Locale;

/// Sums up where the buckets of one classic histogram had to be made monotonic.
public final class Monotonicity {
  /// One such place.
  public record Fix(long timeMillis, double minBucket, double maxBucket, double maxDiff) {}

  private final String metric;
  private final Span span;
  private long minTime = Long.MAX_VALUE;
  private long maxTime = Long.MIN_VALUE;
  private double minBucket = Double.POSITIVE_INFINITY;
  private double maxBucket = Double.NEGATIVE_INFINITY;
  private double maxDiff;
  private int count;

  Monotonicity(String metric, Span span) {
    this.metric = metric;
    this.span = span;
  }

  void add(Fix fix) {
    minTime = Math.min(minTime, fix.timeMillis());
    maxTime = Math.max(maxTime, fix.timeMillis());
    minBucket = Math.min(minBucket, fix.minBucket());
    maxBucket = Math.max(maxBucket, fix.maxBucket());
    maxDiff = Math.max(maxDiff, fix.maxDiff());
    count++;
  }

  String text(String query) {
    return "PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see"
        + " https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)"
        + Annotations.forMetric(metric)
        + ", from buckets "
        + GoFloat.formatShort(minBucket)
        + " to "
        + GoFloat.formatShort(maxBucket)
        + ", with a max diff of "
        + twoDigits(maxDiff)
        + ", over "
        + count
        + " samples from "
        + Instant.ofEpochSecond(Math.floorDiv(minTime, 1000))
        + " to "
        + Instant.ofEpochSecond(Math.floorDiv(maxTime, 1000))
        + " ("
        + span.place(query)
        + ")";
  }

  /// Go's `%.2g`.
  private static String twoDigits(double value) {
    if (value == 0) {
      return "0";
    }
    int exponent = (int) Math.floor(Math.log10(Math.abs(value)));
    if (exponent < -4 || exponent >= 2) {
      String text = String.format(Locale.ROOT, "%.1e", value);
      return text.replace(".0e", "e");
    }
    String text = String.format(Locale.ROOT, "%." + Math.max(0, 1 - exponent) + "f", value);
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }
}
