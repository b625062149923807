package io.oriel.model.metric;

import java.util.Arrays;

/// One sample of a native histogram: counts in exponential buckets, or in buckets with custom
/// bounds. Immutable.
///
/// Bucket {@code i} of schema {@code n} (−4…8) covers `(2^((i−1)·2^−n), 2^(i·2^−n)]` on the
/// positive side and its mirror on the negative; the zero bucket covers `[−zeroThreshold,
/// zeroThreshold]`. Schema −53 has custom upper bounds instead and no negative or zero bucket.
/// Spans say which buckets are stored: an offset in buckets from the end of the span before (the
/// first: the index itself) and a length. Counts are absolute, never deltas.
///
/// Integer histograms keep their counts as doubles too, exact up to 2^53; {@link #isInteger}
/// remembers their kind, because storage encodes them differently. Source: Prometheus native
/// histogram specification.
public final class NativeHistogram {
  /** The schema of histograms with custom bucket bounds. */
  public static final int CUSTOM_BUCKETS = -53;

  /** The coarsest and the finest exponential schema. */
  public static final int MIN_SCHEMA = -4;

  public static final int MAX_SCHEMA = 8;

  /// What is known about a counter reset between the sample before and this one.
  public enum ResetHint {
    UNKNOWN,
    RESET,
    NO_RESET,
    GAUGE
  }

  /// One side's buckets: where they are and what they hold. Immutable.
  ///
  /// `offsets[k]` and `lengths[k]` describe span {@code k}; `counts` holds the buckets of all spans
  /// in order.
  public static final class Buckets {
    /** No buckets at all. */
    public static final Buckets NONE = new Buckets(new int[0], new int[0], new double[0]);

    private final int[] offsets;
    private final int[] lengths;
    private final double[] counts;

    private Buckets(int[] offsets, int[] lengths, double[] counts) {
      this.offsets = offsets;
      this.lengths = lengths;
      this.counts = counts;
    }

    /// Buckets over these arrays, of which it takes ownership: they must not change afterwards.
    ///
    /// @throws IllegalArgumentException when the spans do not add up to the counts
    public static Buckets of(int[] offsets, int[] lengths, double[] counts) {
      if (offsets.length != lengths.length) {
        throw new IllegalArgumentException("spans: one length per offset");
      }
      long total = 0;
      for (int length : lengths) {
        total += length;
      }
      if (total != counts.length) {
        throw new IllegalArgumentException(
            "spans need " + total + " buckets, have " + counts.length + " buckets");
      }
      return counts.length == 0 && offsets.length == 0
          ? NONE
          : new Buckets(offsets, lengths, counts);
    }

    public int spanCount() {
      return offsets.length;
    }

    /// Buckets skipped since the span before, or for the first span the index of its first bucket.
    public int spanOffset(int span) {
      return offsets[span];
    }

    public int spanLength(int span) {
      return lengths[span];
    }

    /// How many buckets are stored.
    public int size() {
      return counts.length;
    }

    /// The absolute count of stored bucket {@code i}, counted over all spans.
    public double count(int i) {
      return counts[i];
    }

    /// Whether the other side has the same spans.
    public boolean sameSpans(Buckets other) {
      return Arrays.equals(offsets, other.offsets) && Arrays.equals(lengths, other.lengths);
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Buckets other && sameSpans(other) && Arrays.equals(counts, other.counts);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(offsets) + Arrays.hashCode(counts);
    }
  }

  private final int schema;
  private final double zeroThreshold;
  private final double zeroCount;
  private final double count;
  private final double sum;
  private final Buckets positive;
  private final Buckets negative;
  private final double[] customBounds;
  private final ResetHint resetHint;
  private final boolean integer;

  private NativeHistogram(NativeHistogramBuilder from) {
    schema = from.schema;
    zeroThreshold = from.zeroThreshold;
    zeroCount = from.zeroCount;
    count = from.count;
    sum = from.sum;
    positive = from.positive;
    negative = from.negative;
    customBounds = from.customBounds;
    resetHint = from.resetHint;
    integer = from.integer;
  }

  static NativeHistogram build(NativeHistogramBuilder from) {
    return new NativeHistogram(from);
  }

  public static NativeHistogramBuilder builder() {
    return new NativeHistogramBuilder();
  }

  /// A builder that starts with all of this histogram.
  public NativeHistogramBuilder toBuilder() {
    return new NativeHistogramBuilder()
        .schema(schema)
        .zero(zeroThreshold, zeroCount)
        .count(count)
        .sum(sum)
        .positive(positive)
        .negative(negative)
        .customBounds(customBounds)
        .resetHint(resetHint)
        .integer(integer);
  }

  /// −4…8, or {@link #CUSTOM_BUCKETS}.
  public int schema() {
    return schema;
  }

  public boolean hasCustomBuckets() {
    return schema == CUSTOM_BUCKETS;
  }

  /// Half the width of the zero bucket, inclusive.
  public double zeroThreshold() {
    return zeroThreshold;
  }

  public double zeroCount() {
    return zeroCount;
  }

  /// All observations, NaN ones included.
  public double count() {
    return count;
  }

  /// The sum of all observations; the stale marker when the sample is one.
  public double sum() {
    return sum;
  }

  public Buckets positive() {
    return positive;
  }

  public Buckets negative() {
    return negative;
  }

  /// How many custom upper bounds there are; the last bucket's `+Inf` is not among them.
  public int customBoundCount() {
    return customBounds.length;
  }

  /// Custom upper bound {@code i}, inclusive.
  public double customBound(int i) {
    return customBounds[i];
  }

  double[] customBounds() {
    return customBounds;
  }

  /// Whether both have the same custom bounds.
  public boolean sameCustomBounds(NativeHistogram other) {
    return Arrays.equals(customBounds, other.customBounds);
  }

  public ResetHint resetHint() {
    return resetHint;
  }

  /// Whether it was sent as an integer histogram.
  public boolean isInteger() {
    return integer;
  }

  /// Whether it marks the end of the series.
  public boolean isStale() {
    return StaleMarker.is(sum);
  }

  /// Equal in every part; sums and the zero threshold bit by bit.
  @Override
  public boolean equals(Object o) {
    return o instanceof NativeHistogram other
        && schema == other.schema
        && integer == other.integer
        && resetHint == other.resetHint
        && Double.doubleToRawLongBits(sum) == Double.doubleToRawLongBits(other.sum)
        && zeroThreshold == other.zeroThreshold
        && zeroCount == other.zeroCount
        && count == other.count
        && sameCustomBounds(other)
        && positive.equals(other.positive)
        && negative.equals(other.negative);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * schema + Double.hashCode(count)) + positive.hashCode();
  }
}
