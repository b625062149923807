package io.oriel.model.metric;

import io.oriel.model.metric.NativeHistogram.Buckets;

/// Cuts observations above or below a value off a native histogram: PromQL's `</` and `>/`.
///
/// A bucket that the value falls into is split by interpolation, linearly in custom buckets and in
/// the zero bucket, on a logarithmic scale elsewhere. The sum is estimated anew from the middles of
/// what remains. Source: Prometheus 3.11, `TrimBuckets`.
public final class HistogramTrim {
  private final NativeHistogram histogram;
  private final double edge;
  private final boolean keepBelow;
  private final boolean custom;
  private double count;
  private double sum;
  private boolean changed;

  private HistogramTrim(NativeHistogram histogram, double edge, boolean keepBelow) {
    this.histogram = histogram;
    this.edge = edge;
    this.keepBelow = keepBelow;
    this.custom = histogram.hasCustomBuckets();
  }

  /// Only the observations up to {@code edge}.
  public static NativeHistogram below(NativeHistogram histogram, double edge) {
    return new HistogramTrim(histogram, edge, true).trim();
  }

  /// Only the observations from {@code edge} on.
  public static NativeHistogram above(NativeHistogram histogram, double edge) {
    return new HistogramTrim(histogram, edge, false).trim();
  }

  private NativeHistogram trim() {
    BucketLine positive = BucketLine.of(histogram.positive());
    BucketLine negative = BucketLine.of(histogram.negative());
    boolean hasPositive = trim(positive, true);
    boolean hasNegative = trim(negative, false);
    double zero = histogram.zeroCount() > 0 ? trimZero(hasNegative, hasPositive) : 0;
    if (!changed) {
      return histogram;
    }
    Buckets kept = positive.build();
    return histogram.toBuilder()
        .count(count)
        .sum(sum)
        .zero(histogram.zeroThreshold(), zero)
        .positive(kept)
        .negative(negative.build())
        .integer(false)
        .build();
  }

  /// Trims one side; whether it held anything.
  private boolean trim(BucketLine line, boolean isPositive) {
    boolean any = false;
    for (int i = 0; i < line.size; i++) {
      if (line.count[i] == 0) {
        continue;
      }
      any = true;
      double lower = lower(line.index[i], isPositive);
      double upper = upper(line.index[i], isPositive);
      double kept = line.count[i];
      double middle;
      if (keepBelow ? upper <= edge : lower >= edge) {
        middle = middle(lower, upper, isPositive);
      } else if (keepBelow ? lower < edge : upper > edge) {
        if (Double.isInfinite(lower) || Double.isInfinite(upper)) {
          double[] part = splitInfinite(lower, upper, kept);
          kept = part[0];
          middle = part[1];
        } else {
          double under = under(lower, upper, kept);
          kept = keepBelow ? under : kept - under;
          middle = keepBelow ? middle(lower, edge, isPositive) : middle(edge, upper, isPositive);
        }
      } else {
        kept = 0;
        middle = 0;
      }
      changed |= kept != line.count[i];
      line.count[i] = kept;
      count += kept;
      sum += middle * kept;
    }
    return any;
  }

  private double lower(int index, boolean isPositive) {
    if (custom) {
      return index == 0 ? Double.NEGATIVE_INFINITY : histogram.customBound(index - 1);
    }
    return isPositive
        ? HistogramBuckets.bound(histogram.schema(), index - 1)
        : -HistogramBuckets.bound(histogram.schema(), index);
  }

  private double upper(int index, boolean isPositive) {
    if (custom) {
      return index < histogram.customBoundCount()
          ? histogram.customBound(index)
          : Double.POSITIVE_INFINITY;
    }
    return isPositive
        ? HistogramBuckets.bound(histogram.schema(), index)
        : -HistogramBuckets.bound(histogram.schema(), index - 1);
  }

  private double under(double lower, double upper, double observations) {
    if (edge <= lower) {
      return 0;
    }
    return edge >= upper ? observations : observations * fractionBelow(lower, upper, edge, custom);
  }

  /// The share of a bucket's width below {@code value}, which lies inside it.
  public static double fractionBelow(double lower, double upper, double value, boolean linear) {
    if (linear) {
      return (value - lower) / (upper - lower);
    }
    double logLower = log2(Math.abs(lower));
    double logUpper = log2(Math.abs(upper));
    double log = log2(Math.abs(value));
    return value > 0
        ? (log - logLower) / (logUpper - logLower)
        : 1 - (log - logUpper) / (logLower - logUpper);
  }

  private static double log2(double value) {
    int exponent = Math.getExponent(value);
    if (value == Math.scalb(1.0, exponent)) {
      return exponent;
    }
    return Math.log(value) / Math.log(2);
  }

  private double[] splitInfinite(double lower, double upper, double observations) {
    if (Double.isInfinite(lower)) {
      return splitLowest(upper, observations);
    }
    if (keepBelow) {
      return new double[] {0, lower};
    }
    return edge >= lower ? new double[] {observations, edge} : new double[] {0, lower};
  }

  private double[] splitLowest(double upper, double observations) {
    double bound = Double.isInfinite(upper) ? 0 : upper;
    if (keepBelow) {
      if (edge > 0 && upper > 0 && !Double.isInfinite(upper)) {
        return new double[] {observations * edge / upper, edge / 2};
      }
      return upper <= 0 ? new double[] {observations, edge} : new double[] {0, bound};
    }
    if (edge >= 0 && upper > edge && !Double.isInfinite(upper)) {
      return new double[] {observations * (1 - edge / upper), (edge + upper) / 2};
    }
    return new double[] {0, bound};
  }

  private double trimZero(boolean hasNegative, boolean hasPositive) {
    double lower = hasPositive && !hasNegative ? 0 : -histogram.zeroThreshold();
    double upper = hasNegative && !hasPositive ? 0 : histogram.zeroThreshold();
    double kept = histogram.zeroCount();
    double middle = (lower + upper) / 2;
    if (keepBelow ? edge <= lower : edge >= upper && edge > lower) {
      kept = 0;
      middle = 0;
    } else if (edge > lower && edge < upper) {
      kept *= keepBelow ? (edge - lower) / (upper - lower) : (upper - edge) / (upper - lower);
      middle = keepBelow ? (lower + edge) / 2 : (edge + upper) / 2;
    }
    changed |= kept != histogram.zeroCount();
    count += kept;
    sum += middle * kept;
    return kept;
  }

  private double middle(double lower, double upper, boolean isPositive) {
    if (Double.isInfinite(lower)) {
      if (Double.isInfinite(upper)) {
        return 0;
      }
      return upper > 0 ? upper / 2 : upper;
    }
    if (Double.isInfinite(upper)) {
      return lower;
    }
    if (custom) {
      return (lower + upper) / 2;
    }
    double geometric = Math.sqrt(Math.abs(lower * upper));
    return isPositive ? geometric : -geometric;
  }
}
