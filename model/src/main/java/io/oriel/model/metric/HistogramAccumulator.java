package io.oriel.model.metric;

import io.oriel.model.metric.NativeHistogram.ResetHint;
import java.util.Arrays;

/// Adds native histograms up, with compensated sums. Not thread-safe.
///
/// Exponential histograms of different resolution meet at the coarser one, different zero buckets
/// at the wider one; custom buckets with different bounds keep the bounds they share. Exponential
/// and custom buckets never mix: ask {@link #accepts} first.
public final class HistogramAccumulator {
  private int schema;
  private double zeroThreshold;
  private double zeroCount;
  private double zeroLost;
  private double count;
  private double countLost;
  private double sum;
  private double sumLost;
  private BucketLine positive;
  private BucketLine negative;
  private double[] customBounds;
  private ResetHint hint;
  private boolean boundsReconciled;
  private boolean resetCollision;

  /// Starts with {@code first}.
  public HistogramAccumulator(NativeHistogram first) {
    schema = first.schema();
    zeroThreshold = first.zeroThreshold();
    zeroCount = first.zeroCount();
    count = first.count();
    sum = first.sum();
    positive = BucketLine.of(first.positive());
    negative = BucketLine.of(first.negative());
    customBounds = first.customBounds();
    hint = first.resetHint();
  }

  /// Whether {@code other} has the same kind of buckets.
  public boolean accepts(NativeHistogram other) {
    return other.hasCustomBuckets() == (schema == NativeHistogram.CUSTOM_BUCKETS);
  }

  /// Adds {@code factor} times {@code other}, which must be {@link #accepts acceptable}.
  public void add(NativeHistogram other, double factor) {
    if (!accepts(other)) {
      throw new IllegalArgumentException("exponential and custom buckets do not add up");
    }
    mergeHint(other.resetHint());
    double more = factor * other.count();
    countLost += CompensatedSum.error(count, more, count + more);
    count += more;
    more = factor * other.sum();
    sumLost += CompensatedSum.error(sum, more, sum + more);
    sum += more;
    BucketLine otherPositive = BucketLine.of(other.positive());
    if (schema == NativeHistogram.CUSTOM_BUCKETS) {
      addCustom(otherPositive, other.customBounds(), factor);
      return;
    }
    BucketLine otherNegative = BucketLine.of(other.negative());
    addZero(ZeroBucket.of(other), otherPositive, otherNegative, factor);
    int coarser = Math.min(schema, other.schema());
    positive.coarsen(schema - coarser);
    negative.coarsen(schema - coarser);
    otherPositive.coarsen(other.schema() - coarser);
    otherNegative.coarsen(other.schema() - coarser);
    schema = coarser;
    positive.add(otherPositive, factor);
    negative.add(otherNegative, factor);
  }

  /// Multiplies everything with {@code factor}.
  public void scale(double factor) {
    zeroCount *= factor;
    zeroLost *= factor;
    count *= factor;
    countLost *= factor;
    sum *= factor;
    sumLost *= factor;
    positive.scale(factor);
    negative.scale(factor);
    if (factor < 0) {
      hint = ResetHint.GAUGE;
    }
  }

  /// Whether custom bounds had to be reconciled.
  public boolean boundsReconciled() {
    return boundsReconciled;
  }

  /// Whether a histogram known to follow a reset met one known not to.
  public boolean resetCollision() {
    return resetCollision;
  }

  /// Whether a count or the sum has left the range of doubles.
  public boolean overflows() {
    return Double.isInfinite(sum) || Double.isInfinite(count) || Double.isInfinite(zeroCount);
  }

  /// The histogram so far, without empty buckets; the accumulator stays usable.
  public NativeHistogram build() {
    return NativeHistogram.builder()
        .schema(schema)
        .zero(zeroThreshold, CompensatedSum.total(zeroCount, zeroLost))
        .count(CompensatedSum.total(count, countLost))
        .sum(CompensatedSum.total(sum, sumLost))
        .positive(positive.build())
        .negative(negative.build())
        .customBounds(customBounds)
        .resetHint(hint)
        .build();
  }

  private void mergeHint(ResetHint other) {
    if (other == hint || hint == ResetHint.GAUGE) {
      return;
    }
    if (other == ResetHint.GAUGE) {
      hint = ResetHint.GAUGE;
    } else if (hint != ResetHint.UNKNOWN) {
      resetCollision |= other != ResetHint.UNKNOWN;
      hint = ResetHint.UNKNOWN;
    }
  }

  private void addZero(
      ZeroBucket theirs, BucketLine otherPositive, BucketLine otherNegative, double factor) {
    ZeroBucket ours = new ZeroBucket(schema, zeroThreshold, zeroCount);
    while (ours.threshold() != theirs.threshold()) {
      if (ours.threshold() > theirs.threshold()) {
        theirs = theirs.widen(ours.threshold(), otherPositive, otherNegative);
      } else {
        ours = ours.widen(theirs.threshold(), positive, negative);
      }
    }
    zeroThreshold = ours.threshold();
    double more = factor * theirs.count();
    zeroLost += CompensatedSum.error(ours.count(), more, ours.count() + more);
    zeroCount = ours.count() + more;
  }

  private void addCustom(BucketLine other, double[] otherBounds, double factor) {
    if (!Arrays.equals(customBounds, otherBounds)) {
      boundsReconciled = true;
      double[] shared = CustomBounds.intersect(customBounds, otherBounds);
      positive = CustomBounds.map(positive, customBounds, shared);
      other = CustomBounds.map(other, otherBounds, shared);
      customBounds = shared;
    }
    positive.add(other, factor);
  }
}
