package io.oriel.model.metric;

import io.oriel.model.metric.NativeHistogram.Buckets;

/// The stored buckets of a native histogram with their bounds, from the lowest to the highest: the
/// negative side, the zero bucket when it holds anything, the positive side. Immutable.
public final class HistogramBuckets {
  private final double[] lower;
  private final double[] upper;
  private final double[] count;
  private final int negatives;
  private final boolean zero;

  private HistogramBuckets(NativeHistogram histogram) {
    Buckets negative = histogram.negative();
    Buckets positive = histogram.positive();
    zero = histogram.zeroCount() != 0 && !histogram.hasCustomBuckets();
    negatives = negative.size();
    int size = negatives + (zero ? 1 : 0) + positive.size();
    lower = new double[size];
    upper = new double[size];
    count = new double[size];
    BucketLine line = BucketLine.of(negative);
    for (int i = 0; i < negatives; i++) {
      int at = negatives - 1 - i;
      lower[at] = -bound(histogram.schema(), line.index[i]);
      upper[at] = -bound(histogram.schema(), line.index[i] - 1);
      count[at] = line.count[i];
    }
    int at = negatives;
    if (zero) {
      lower[at] = -histogram.zeroThreshold();
      upper[at] = histogram.zeroThreshold();
      count[at++] = histogram.zeroCount();
    }
    line = BucketLine.of(positive);
    for (int i = 0; i < line.size; i++, at++) {
      lower[at] = lowerBound(histogram, line.index[i]);
      upper[at] = upperBound(histogram, line.index[i]);
      count[at] = line.count[i];
    }
  }

  /// The buckets of {@code histogram}.
  public static HistogramBuckets of(NativeHistogram histogram) {
    return new HistogramBuckets(histogram);
  }

  /// How many buckets are stored.
  public int size() {
    return count.length;
  }

  public double lower(int i) {
    return lower[i];
  }

  public double upper(int i) {
    return upper[i];
  }

  public double count(int i) {
    return count[i];
  }

  /// Whether bucket {@code i} is the zero bucket.
  public boolean isZero(int i) {
    return zero && i == negatives;
  }

  /// Whether bucket {@code i} holds negative observations.
  public boolean isNegative(int i) {
    return i < negatives;
  }

  /// How many buckets hold negative observations.
  public int negatives() {
    return negatives;
  }

  /// How many buckets hold positive observations.
  public int positives() {
    return size() - negatives - (zero ? 1 : 0);
  }

  /// The upper bound of exponential bucket {@code index}: 2 to the power of `index · 2^−schema`, at
  /// most the largest double for the bucket that holds it.
  public static double bound(int schema, int index) {
    if (schema <= 0) {
      long exponent = (long) index << -schema;
      return exponent == 1024 ? Double.MAX_VALUE : power(exponent);
    }
    int fraction = index & ((1 << schema) - 1);
    long exponent = index >> schema;
    if (fraction == 0) {
      return exponent == 1024 ? Double.MAX_VALUE : power(exponent);
    }
    return Math.scalb(
        Math.pow(2, fraction / (double) (1 << schema)), Math.clamp(exponent, -2000, 2000));
  }

  private static double power(long exponent) {
    return Math.scalb(1.0, Math.clamp(exponent, -2000, 2000));
  }

  private static double upperBound(NativeHistogram histogram, int index) {
    if (!histogram.hasCustomBuckets()) {
      return bound(histogram.schema(), index);
    }
    return index < histogram.customBoundCount()
        ? histogram.customBound(index)
        : Double.POSITIVE_INFINITY;
  }

  private static double lowerBound(NativeHistogram histogram, int index) {
    if (!histogram.hasCustomBuckets()) {
      return bound(histogram.schema(), index - 1);
    }
    return index == 0 ? Double.NEGATIVE_INFINITY : histogram.customBound(index - 1);
  }
}
