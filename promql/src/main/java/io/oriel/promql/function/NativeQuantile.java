package io.oriel.promql.function;

import io.oriel.model.metric.CompensatedSum;
import io.oriel.model.metric.HistogramBuckets;
import io.oriel.model.metric.HistogramTrim;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.promql.parse.Expr;

/// Estimates from native histograms.
///
/// @param metric name of the series, for notes
/// @param where the argument the histograms come from
public record NativeQuantile(Annotations annotations, String metric, Expr where) {
  /// `histogram_quantile`: exponential interpolation, linear in custom and zero buckets.
  public double quantile(double q, NativeHistogram histogram) {
    if (q < 0 || q > 1) {
      return q < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    if (histogram.count() == 0 || Double.isNaN(q)) {
      return Double.NaN;
    }
    HistogramBuckets buckets = HistogramBuckets.of(histogram);
    boolean nanSum = Double.isNaN(histogram.sum());
    boolean ascending = nanSum || q < 0.5;
    double rank = (ascending ? q : 1 - q) * histogram.count();
    int at = -1;
    double count = 0;
    for (int k = 0; k < buckets.size(); k++) {
      int i = ascending ? k : buckets.size() - 1 - k;
      if (buckets.count(i) == 0) {
        continue;
      }
      at = i;
      count += buckets.count(i);
      if (count >= rank) {
        break;
      }
    }
    if (at < 0) {
      return nanSum ? nanResult() : 0;
    }
    return inBucket(new Position(buckets, at, ascending), count, rank, histogram);
  }

  private record Position(HistogramBuckets buckets, int at, boolean ascending) {
    double count() {
      return buckets.count(at);
    }
  }

  private double inBucket(
      Position position, double reached, double wanted, NativeHistogram histogram) {
    HistogramBuckets buckets = position.buckets();
    double lower = lower(buckets, position.at());
    double upper = upper(buckets, position.at());
    if (histogram.hasCustomBuckets()) {
      if (lower == Double.NEGATIVE_INFINITY) {
        if (upper <= 0) {
          return upper;
        }
        lower = 0;
      } else if (upper == Double.POSITIVE_INFINITY) {
        return lower;
      }
    }
    double count = Math.min(reached, histogram.count());
    boolean nanSum = Double.isNaN(histogram.sum());
    if (count < wanted) {
      return nanSum ? nanResult() : upper;
    }
    double rank = position.ascending() ? wanted - (count - position.count()) : count - wanted;
    if (nanSum && total(buckets, reached, position.at()) < histogram.count()) {
      annotations.info(
          where,
          "input to histogram_quantile has NaN observations, result is skewed higher"
              + Annotations.forMetric(metric));
    }
    double fraction = rank / position.count();
    if (histogram.hasCustomBuckets() || (lower <= 0 && upper >= 0)) {
      return lower + (upper - lower) * fraction;
    }
    double logLower = MathFunctions.log2(Math.abs(lower));
    double logUpper = MathFunctions.log2(Math.abs(upper));
    return lower > 0
        ? Math.pow(2, logLower + (logUpper - logLower) * fraction)
        : -Math.pow(2, logUpper + (logLower - logUpper) * (1 - fraction));
  }

  private static double total(HistogramBuckets buckets, double reached, int at) {
    double total = reached;
    for (int i = at + 1; i < buckets.size(); i++) {
      total += buckets.count(i);
    }
    return total;
  }

  private double nanResult() {
    annotations.info(
        where,
        "input to histogram_quantile has NaN observations, result is NaN"
            + Annotations.forMetric(metric));
    return Double.NaN;
  }

  /// The zero bucket reaches only to the side that has buckets, if only one has.
  private static double lower(HistogramBuckets buckets, int i) {
    boolean positiveOnly = buckets.negatives() == 0 && buckets.positives() > 0;
    return buckets.isZero(i) && positiveOnly ? 0 : buckets.lower(i);
  }

  private static double upper(HistogramBuckets buckets, int i) {
    boolean negativeOnly = buckets.positives() == 0 && buckets.negatives() > 0;
    return buckets.isZero(i) && negativeOnly ? 0 : buckets.upper(i);
  }

  /// `histogram_fraction`: the share of observations between {@code lower} and {@code upper}.
  public double fraction(double lower, double upper, NativeHistogram histogram) {
    if (histogram.count() == 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
      return Double.NaN;
    }
    if (lower >= upper) {
      return 0;
    }
    HistogramBuckets buckets = HistogramBuckets.of(histogram);
    double limit = histogram.count();
    if (Double.isNaN(histogram.sum())) {
      limit = total(buckets, 0, -1);
      if (limit < histogram.count()) {
        annotations.info(
            where,
            "input to histogram_fraction has NaN observations, which are excluded from all"
                + " fractions"
                + Annotations.forMetric(metric));
      }
    }
    double below = Math.min(limit, rank(buckets, lower, histogram, limit));
    return (Math.min(limit, rank(buckets, upper, histogram, limit)) - below) / histogram.count();
  }

  private static double rank(
      HistogramBuckets buckets, double value, NativeHistogram histogram, double limit) {
    boolean positiveOnly = buckets.negatives() == 0 && buckets.positives() > 0;
    boolean negativeOnly = buckets.positives() == 0 && buckets.negatives() > 0;
    double rank = 0;
    for (int i = 0; i < buckets.size(); i++) {
      boolean aroundZero = buckets.lower(i) <= 0 && buckets.upper(i) >= 0;
      double lower = aroundZero && positiveOnly ? 0 : buckets.lower(i);
      double upper = aroundZero && negativeOnly ? 0 : buckets.upper(i);
      if (lower >= value) {
        return rank;
      }
      if (upper > value) {
        if (lower == Double.NEGATIVE_INFINITY) {
          return buckets.count(i);
        }
        boolean linear = histogram.hasCustomBuckets() || aroundZero;
        return rank + buckets.count(i) * HistogramTrim.fractionBelow(lower, upper, value, linear);
      }
      rank += buckets.count(i);
    }
    return limit;
  }

  /// `histogram_stdvar`: the variance, with every observation in the middle of its bucket.
  public static double variance(NativeHistogram histogram) {
    double mean = histogram.sum() / histogram.count();
    HistogramBuckets buckets = HistogramBuckets.of(histogram);
    double sum = 0;
    double lost = 0;
    for (int i = 0; i < buckets.size(); i++) {
      if (buckets.count(i) == 0) {
        continue;
      }
      double delta = middle(buckets, i, histogram.hasCustomBuckets()) - mean;
      double more = buckets.count(i) * delta * delta;
      double next = sum + more;
      lost += CompensatedSum.error(sum, more, next);
      sum = next;
    }
    return (sum + lost) / histogram.count();
  }

  private static double middle(HistogramBuckets buckets, int i, boolean custom) {
    double lower = buckets.lower(i);
    double upper = buckets.upper(i);
    if (custom) {
      return (upper + lower) / 2;
    }
    if (lower <= 0 && upper >= 0) {
      return 0;
    }
    double middle = Math.sqrt(upper * lower);
    return upper < 0 ? -middle : middle;
  }
}
