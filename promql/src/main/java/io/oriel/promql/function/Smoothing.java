package io.oriel.promql.function;

import io.oriel.model.metric.HistogramArithmetic;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.promql.value.Column;

/// The value of a series at a time, between the samples before and after it; without one after it
/// that of the sample before.
public final class Smoothing {
  private Smoothing() {}

  /// Puts the value at {@code timeMillis} into {@code out}, if there is one.
  public static void apply(SampleWindow window, long timeMillis, Column out, int step) {
    if (window.floatCount() > 0 && window.histogramCount() > 0) {
      window.annotations.mixedFloatsHistograms(window.metric(), window.source);
    } else if (window.floatCount() > 0) {
      number(window, timeMillis, out, step);
    } else {
      histogram(window, timeMillis, out, step);
    }
  }

  private static void number(SampleWindow window, long time, Column out, int step) {
    long[] times = window.floatTimes;
    int next = ExtendedRate.firstAfter(times, window.firstFloat, window.endFloat, time - 1);
    if (next < window.endFloat && times[next] == time) {
      out.set(step, window.floats[next]);
    } else if (next > window.firstFloat && next < window.endFloat) {
      out.set(
          step,
          ExtendedRate.interpolate(
              window.floats[next - 1], times[next - 1], window.floats[next], times[next], time));
    } else if (next > window.firstFloat) {
      out.set(step, window.floats[next - 1]);
    }
  }

  private static void histogram(SampleWindow window, long time, Column out, int step) {
    long[] times = window.histogramTimes;
    int next = ExtendedRate.firstAfter(times, window.firstHistogram, window.endHistogram, time - 1);
    if (next < window.endHistogram && times[next] == time) {
      out.set(step, window.histograms[next]);
      return;
    }
    if (next == window.firstHistogram) {
      return;
    }
    NativeHistogram before = window.histograms[next - 1];
    if (next == window.endHistogram) {
      out.set(step, HistogramArithmetic.withHint(before, ResetHint.UNKNOWN));
      return;
    }
    NativeHistogram after = window.histograms[next];
    if (before.hasCustomBuckets() != after.hasCustomBuckets()) {
      window.annotations.mixedSchemas(window.metric(), window.source);
      return;
    }
    boolean counter = before.resetHint() != ResetHint.GAUGE || after.resetHint() != ResetHint.GAUGE;
    double fraction = (time - times[next - 1]) / (double) (times[next] - times[next - 1]);
    out.set(step, ExtendedRate.interpolate(window, before, after, fraction, counter));
  }
}
