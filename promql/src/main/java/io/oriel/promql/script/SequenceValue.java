package io.oriel.promql.script;

import io.oriel.model.metric.NativeHistogram;
import org.jspecify.annotations.Nullable;

/// One item of a series as test scripts write it: a float, a histogram, or `_` for nothing.
///
/// @param omitted whether there is nothing
/// @param histogram the histogram, or null when it is a float
/// @param hintGiven whether the histogram says something about counter resets
public record SequenceValue(
    boolean omitted, double value, @Nullable NativeHistogram histogram, boolean hintGiven) {
  static final SequenceValue OMITTED = new SequenceValue(true, 0, null, false);

  static SequenceValue of(double value) {
    return new SequenceValue(false, value, null, false);
  }
}
