package io.oriel.promql.script;

import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.model.number.GoFloat;
import org.jspecify.annotations.Nullable;

/// One item of a series as test scripts write it: a float, a histogram, or `_` for nothing.
///
/// @param omitted whether there is nothing
/// @param histogram the histogram, or null when it is a float
/// @param hintGiven whether the histogram says something about counter resets
public record SequenceValue(
    boolean omitted, double value, @Nullable NativeHistogram histogram, boolean hintGiven) {
  static final SequenceValue OMITTED = new SequenceValue(true, 0, null, false);

  /// A float.
  public static SequenceValue of(double value) {
    return new SequenceValue(false, value, null, false);
  }

  /// A histogram whose hint about counter resets is as it says.
  public static SequenceValue of(NativeHistogram histogram) {
    return new SequenceValue(false, 0, histogram, histogram.resetHint() != ResetHint.UNKNOWN);
  }

  /// The value in the notation it is read from; the buckets of a histogram as one run.
  @Override
  public String toString() {
    if (omitted) {
      return "_";
    }
    return histogram == null ? GoFloat.formatShort(value) : HistogramNotation.write(histogram);
  }
}
