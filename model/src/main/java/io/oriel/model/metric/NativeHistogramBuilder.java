package io.oriel.model.metric;

import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.model.metric.NativeHistogram.ResetHint;

/// The optional parts of a {@link NativeHistogram}; everything starts empty, schema 0, float. Not
/// thread-safe.
public final class NativeHistogramBuilder {
  private static final double[] NO_BOUNDS = {};

  int schema;
  double zeroThreshold;
  double zeroCount;
  double count;
  double sum;
  Buckets positive = Buckets.NONE;
  Buckets negative = Buckets.NONE;
  double[] customBounds = NO_BOUNDS;
  ResetHint resetHint = ResetHint.UNKNOWN;
  boolean integer;

  NativeHistogramBuilder() {}

  public NativeHistogramBuilder schema(int newSchema) {
    schema = newSchema;
    return this;
  }

  public NativeHistogramBuilder zero(double newThreshold, double newCount) {
    zeroThreshold = newThreshold;
    zeroCount = newCount;
    return this;
  }

  public NativeHistogramBuilder count(double newCount) {
    count = newCount;
    return this;
  }

  public NativeHistogramBuilder sum(double newSum) {
    sum = newSum;
    return this;
  }

  public NativeHistogramBuilder positive(Buckets buckets) {
    positive = buckets;
    return this;
  }

  public NativeHistogramBuilder negative(Buckets buckets) {
    negative = buckets;
    return this;
  }

  /// Takes ownership of {@code bounds}, which must not change afterwards and ascend, without
  /// `+Inf`.
  public NativeHistogramBuilder customBounds(double... bounds) {
    customBounds = bounds;
    return this;
  }

  public NativeHistogramBuilder resetHint(ResetHint hint) {
    resetHint = hint;
    return this;
  }

  public NativeHistogramBuilder integer(boolean isInteger) {
    integer = isInteger;
    return this;
  }

  public NativeHistogram build() {
    return NativeHistogram.build(this);
  }
}
