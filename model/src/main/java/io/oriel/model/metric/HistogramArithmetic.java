package io.oriel.model.metric;

import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import java.util.Arrays;

/// What can be done to whole native histograms; nothing here changes its arguments.
public final class HistogramArithmetic {
  private HistogramArithmetic() {}

  /// {@code histogram} times {@code factor}, without buckets that are empty then.
  public static NativeHistogram multiply(NativeHistogram histogram, double factor) {
    HistogramAccumulator result = new HistogramAccumulator(histogram);
    result.scale(factor);
    return result.build();
  }

  /// {@code histogram} divided by {@code divisor}; division by zero leaves no buckets.
  public static NativeHistogram divide(NativeHistogram histogram, double divisor) {
    NativeHistogram.Buckets positive = divide(histogram.positive(), divisor);
    NativeHistogram.Buckets negative = divide(histogram.negative(), divisor);
    return histogram.toBuilder()
        .zero(histogram.zeroThreshold(), histogram.zeroCount() / divisor)
        .count(histogram.count() / divisor)
        .sum(histogram.sum() / divisor)
        .positive(positive)
        .negative(negative)
        .resetHint(divisor < 0 ? ResetHint.GAUGE : histogram.resetHint())
        .integer(false)
        .build();
  }

  /// {@code histogram} without empty buckets.
  public static NativeHistogram compact(NativeHistogram histogram) {
    return histogram.toBuilder()
        .positive(BucketLine.of(histogram.positive()).build())
        .negative(BucketLine.of(histogram.negative()).build())
        .build();
  }

  /// {@code histogram} with another hint about resets.
  public static NativeHistogram withHint(NativeHistogram histogram, ResetHint hint) {
    return histogram.resetHint() == hint
        ? histogram
        : histogram.toBuilder().resetHint(hint).build();
  }

  /// {@code histogram} at the coarser resolution {@code schema}; unchanged when it is that coarse
  /// already or has custom buckets.
  public static NativeHistogram reduce(NativeHistogram histogram, int schema) {
    if (histogram.hasCustomBuckets() || histogram.schema() <= schema) {
      return histogram;
    }
    BucketLine positive = BucketLine.of(histogram.positive());
    BucketLine negative = BucketLine.of(histogram.negative());
    positive.coarsen(histogram.schema() - schema);
    negative.coarsen(histogram.schema() - schema);
    return histogram.toBuilder()
        .schema(schema)
        .positive(positive.build())
        .negative(negative.build())
        .build();
  }

  /// Whether both describe the same observations: equal in everything but empty buckets, the hint
  /// about resets, and being an integer histogram. Values are compared bit by bit.
  public static boolean same(NativeHistogram a, NativeHistogram b) {
    return a.schema() == b.schema()
        && sameBits(a.count(), b.count())
        && sameBits(a.sum(), b.sum())
        && a.zeroThreshold() == b.zeroThreshold()
        && sameBits(a.zeroCount(), b.zeroCount())
        && a.sameCustomBounds(b)
        && compact(a).positive().equals(compact(b).positive())
        && compact(a).negative().equals(compact(b).negative());
  }

  /// Whether a counter was reset between {@code previous} and {@code current}: by the hint of the
  /// latter, else because something became smaller or finer.
  public static boolean isReset(NativeHistogram previous, NativeHistogram current) {
    if (current.resetHint() == ResetHint.RESET) {
      return true;
    }
    if (current.resetHint() == ResetHint.NO_RESET) {
      return false;
    }
    if (current.count() < previous.count()) {
      return true;
    }
    if (current.hasCustomBuckets() != previous.hasCustomBuckets()) {
      return true;
    }
    if (current.hasCustomBuckets()) {
      return customReset(previous, current);
    }
    if (current.schema() > previous.schema()
        || current.zeroThreshold() < previous.zeroThreshold()) {
      return true;
    }
    BucketLine positive = BucketLine.of(previous.positive());
    BucketLine negative = BucketLine.of(previous.negative());
    ZeroBucket zero = ZeroBucket.of(previous);
    if (zero.threshold() != current.zeroThreshold()) {
      zero = zero.widen(current.zeroThreshold(), positive, negative);
    }
    if (zero.threshold() != current.zeroThreshold() || current.zeroCount() < zero.count()) {
      return true;
    }
    positive.coarsen(previous.schema() - current.schema());
    negative.coarsen(previous.schema() - current.schema());
    return anyLess(BucketLine.of(current.positive()), positive)
        || anyLess(BucketLine.of(current.negative()), negative);
  }

  private static boolean customReset(NativeHistogram previous, NativeHistogram current) {
    BucketLine before = BucketLine.of(previous.positive());
    BucketLine now = BucketLine.of(current.positive());
    if (!previous.sameCustomBounds(current)) {
      double[] shared = CustomBounds.intersect(previous.customBounds(), current.customBounds());
      before = CustomBounds.map(before, previous.customBounds(), shared);
      now = CustomBounds.map(now, current.customBounds(), shared);
    }
    return anyLess(now, before);
  }

  private static boolean anyLess(BucketLine now, BucketLine before) {
    int at = 0;
    for (int i = 0; i < before.size; i++) {
      while (at < now.size && now.index[at] < before.index[i]) {
        at++;
      }
      boolean here = at < now.size && now.index[at] == before.index[i];
      if ((here ? now.count[at] : 0) < before.count[i]) {
        return true;
      }
    }
    return false;
  }

  private static Buckets divide(Buckets buckets, double divisor) {
    if (divisor == 0) {
      return Buckets.NONE;
    }
    BucketLine line = BucketLine.of(buckets);
    for (int i = 0; i < line.size; i++) {
      line.count[i] /= divisor;
    }
    return line.build();
  }

  private static boolean sameBits(double a, double b) {
    return Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b);
  }

  /// What makes {@code histogram} invalid, or the empty string: the checks that ingestion and
  /// remote write make.
  public static String problem(NativeHistogram histogram) {
    if (histogram.count() < 0) {
      return "observation count is negative: got " + histogram.count();
    }
    String side = sideProblem(histogram.negative());
    if (!side.isEmpty()) {
      return "negative side: " + side;
    }
    side = sideProblem(histogram.positive());
    if (!side.isEmpty()) {
      return "positive side: " + side;
    }
    return histogram.hasCustomBuckets() ? customProblem(histogram) : exponentialProblem(histogram);
  }

  private static String sideProblem(Buckets side) {
    for (int span = 1; span < side.spanCount(); span++) {
      if (side.spanOffset(span) < 0) {
        return "span number " + (span + 1) + " with offset " + side.spanOffset(span) + ": negative";
      }
    }
    for (int i = 0; i < side.size(); i++) {
      if (side.count(i) < 0) {
        return "bucket number " + (i + 1) + " has observation count of " + side.count(i);
      }
    }
    return "";
  }

  private static String exponentialProblem(NativeHistogram histogram) {
    if (histogram.schema() < NativeHistogram.MIN_SCHEMA
        || histogram.schema() > NativeHistogram.MAX_SCHEMA) {
      return "schema: got " + histogram.schema() + ", want -4 to 8 or -53";
    }
    if (histogram.zeroCount() < 0) {
      return "zero bucket has observation count of " + histogram.zeroCount();
    }
    if (histogram.customBoundCount() > 0) {
      return "exponential buckets with custom bounds";
    }
    double buckets = histogram.zeroCount() + total(histogram);
    boolean countsNan = Double.isNaN(histogram.sum());
    if (histogram.isInteger()
        && (countsNan ? buckets > histogram.count() : buckets != histogram.count())) {
      return "observations found in buckets: got " + buckets + ", want " + histogram.count();
    }
    return "";
  }

  private static String customProblem(NativeHistogram histogram) {
    if (histogram.zeroCount() != 0 || histogram.zeroThreshold() != 0) {
      return "custom buckets with a zero bucket";
    }
    if (histogram.negative().spanCount() > 0) {
      return "custom buckets with a negative side";
    }
    double[] bounds = histogram.customBounds();
    for (int i = 0; i < bounds.length; i++) {
      if (Double.isNaN(bounds[i]) || (i > 0 && bounds[i] <= bounds[i - 1])) {
        return "custom bounds do not ascend: " + Arrays.toString(bounds);
      }
    }
    BucketLine line = BucketLine.of(histogram.positive());
    if (line.size > 0 && line.index[line.size - 1] > bounds.length) {
      return "custom buckets: got bucket "
          + line.index[line.size - 1]
          + ", want at most "
          + bounds.length;
    }
    if (histogram.isInteger() && total(histogram) != histogram.count()) {
      return "observations found in buckets: got "
          + total(histogram)
          + ", want "
          + histogram.count();
    }
    return "";
  }

  private static double total(NativeHistogram histogram) {
    double total = 0;
    for (int i = 0; i < histogram.positive().size(); i++) {
      total += histogram.positive().count(i);
    }
    for (int i = 0; i < histogram.negative().size(); i++) {
      total += histogram.negative().count(i);
    }
    return total;
  }
}
