package io.oriel.promql.function;

import io.oriel.model.metric.HistogramAccumulator;
import io.oriel.model.metric.HistogramArithmetic;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.promql.parse.Expr.Edges;
import io.oriel.promql.value.Column;
import org.jspecify.annotations.Nullable;

/// `rate`, `increase` and `delta` over `anchored` and `smoothed` ranges: the difference between the
/// values at the edges, taken from the sample before the edge or interpolated between the samples
/// around it. Nothing is extrapolated.
record ExtendedRate(SampleWindow window, boolean isCounter, boolean perSecond) {
  /// Indices of the samples that stand for the edges; null when no sample is inside.
  private int @Nullable [] edges(long[] times, int from, int to) {
    int last = to - 1;
    int first = Math.max(from, firstAfter(times, from, last, window.rangeStart) - 1);
    if (isSmoothed()) {
      last = firstAfter(times, from, last, window.rangeEnd - 1);
    }
    boolean inside =
        times[last] > window.rangeStart && !(isSmoothed() && times[first] > window.rangeEnd);
    return inside ? new int[] {first, last} : null;
  }

  private boolean isSmoothed() {
    return window.edges == Edges.SMOOTHED;
  }

  /// The first index below {@code to} whose time is after {@code time}, else {@code to}.
  static int firstAfter(long[] times, int from, int to, long time) {
    int i = from;
    while (i < to && times[i] <= time) {
      i++;
    }
    return i;
  }

  void number(Column out, int step) {
    long[] times = window.floatTimes;
    double[] values = window.floats;
    int[] edges = edges(times, window.firstFloat, window.endFloat);
    if (edges == null) {
      return;
    }
    int first = edges[0];
    int last = edges[1];
    double left = values[first];
    if (isSmoothed() && times[first] < window.rangeStart) {
      left = interpolate(first, window.rangeStart);
    }
    double right = values[last];
    if (isSmoothed() && last > window.firstFloat && times[last] > window.rangeEnd) {
      right = interpolate(last - 1, window.rangeEnd);
    }
    double result = right - left;
    if (isCounter) {
      int from = times[first] <= window.rangeStart ? first + 1 : first;
      int to = times[last] >= window.rangeEnd ? last - 1 : last;
      double previous = left;
      for (int i = from; i <= to; i++) {
        result += values[i] < previous ? previous : 0;
        previous = values[i];
      }
      result += right < previous ? previous : 0;
    }
    out.set(step, perSecond ? result / (window.rangeMillis / 1000.0) : result);
  }

  private double interpolate(int before, long time) {
    double from = window.floats[before];
    double to = window.floats[before + 1];
    if (isCounter && to < from) {
      from = 0;
    }
    return interpolate(from, window.floatTimes[before], to, window.floatTimes[before + 1], time);
  }

  static double interpolate(double from, long fromTime, double to, long toTime, long time) {
    return from + (to - from) * (time - fromTime) / (double) (toTime - fromTime);
  }

  void histogram(Column out, int step) {
    long[] times = window.histogramTimes;
    int[] edges = edges(times, window.firstHistogram, window.endHistogram);
    if (edges == null || !checkRange(edges[0], edges[1])) {
      return;
    }
    int first = edges[0];
    int last = edges[1];
    NativeHistogram[] points = window.histograms;
    NativeHistogram left = points[first];
    boolean leftBetween = isSmoothed() && times[first] < window.rangeStart;
    if (leftBetween) {
      left = interpolateAt(first, window.rangeStart);
    }
    NativeHistogram right = points[last];
    if (isSmoothed() && last > window.firstHistogram && times[last] > window.rangeEnd) {
      right = interpolateAt(last - 1, window.rangeEnd);
    }
    if (!isCounter
        && (left.resetHint() != ResetHint.GAUGE || right.resetHint() != ResetHint.GAUGE)) {
      window.annotations.notGauge(window.metric(), window.source);
    }
    HistogramAccumulator sum = new HistogramAccumulator(right);
    sum.add(left, -1);
    boolean reconciled = sum.boundsReconciled();
    if (reconciled) {
      window.annotations.boundsReconciled("subtraction", window.source);
    }
    if (isCounter) {
      undoResets(sum, first, last, left, right);
      if (sum.boundsReconciled() && !reconciled) {
        window.annotations.boundsReconciled("addition", window.source);
      }
    }
    if (perSecond) {
      sum.scale(1 / (window.rangeMillis / 1000.0));
    }
    out.set(step, HistogramArithmetic.withHint(sum.build(), ResetHint.GAUGE));
  }

  private void undoResets(
      HistogramAccumulator sum, int first, int last, NativeHistogram left, NativeHistogram right) {
    NativeHistogram[] points = window.histograms;
    int from = first + 1;
    NativeHistogram previous = left;
    if (isSmoothed()
        && window.histogramTimes[first] < window.rangeStart
        && HistogramArithmetic.isReset(points[first], points[first + 1])) {
      previous = points[first + 1];
      from++;
    }
    if (from > last) {
      return;
    }
    for (int i = from; i < last; i++) {
      if (HistogramArithmetic.isReset(previous, points[i])) {
        sum.add(previous, 1);
      }
      previous = points[i];
    }
    if (HistogramArithmetic.isReset(previous, right)) {
      sum.add(previous, 1);
    }
  }

  private boolean checkRange(int first, int last) {
    boolean custom = window.histograms[first].hasCustomBuckets();
    for (int i = first; i <= last; i++) {
      NativeHistogram point = window.histograms[i];
      if (point.hasCustomBuckets() != custom) {
        window.annotations.mixedSchemas(window.metric(), window.source);
        return false;
      }
      if (isCounter && point.resetHint() == ResetHint.GAUGE) {
        window.annotations.notCounter(window.metric(), window.source);
      }
    }
    return true;
  }

  private NativeHistogram interpolateAt(int before, long time) {
    long fromTime = window.histogramTimes[before];
    long toTime = window.histogramTimes[before + 1];
    NativeHistogram from = window.histograms[before];
    NativeHistogram to = window.histograms[before + 1];
    double fraction = (time - fromTime) / (double) (toTime - fromTime);
    return interpolate(window, from, to, fraction, isCounter);
  }

  /// Between two histograms of the same kind; a counter that was reset counts from zero.
  static NativeHistogram interpolate(
      SampleWindow window,
      NativeHistogram from,
      NativeHistogram to,
      double fraction,
      boolean isCounter) {
    if (fraction == 0) {
      return from;
    }
    if (fraction == 1) {
      return to;
    }
    if (isCounter && HistogramArithmetic.isReset(from, to)) {
      return HistogramArithmetic.multiply(to, fraction);
    }
    HistogramAccumulator sum = new HistogramAccumulator(to);
    sum.add(from, -1);
    sum.scale(fraction);
    if (sum.boundsReconciled()) {
      window.annotations.boundsReconciled("subtraction", window.source);
      HistogramAccumulator again = new HistogramAccumulator(sum.build());
      again.add(from, 1);
      if (again.boundsReconciled()) {
        window.annotations.boundsReconciled("addition", window.source);
      }
    }
    sum.add(from, 1);
    return sum.build();
  }
}
