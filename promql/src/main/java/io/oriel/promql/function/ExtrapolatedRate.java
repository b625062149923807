package io.oriel.promql.function;

import io.oriel.model.metric.HistogramAccumulator;
import io.oriel.model.metric.HistogramArithmetic;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.promql.parse.Expr.Edges;
import io.oriel.promql.value.Column;
import org.jspecify.annotations.Nullable;

/// `rate`, `increase` and `delta`: the difference between the last and the first sample, with
/// counter resets undone, extrapolated to the edges of the range where samples reach close to them.
public record ExtrapolatedRate(boolean isCounter, boolean perSecond) implements WindowFunction {
  @Override
  public void apply(SampleWindow window, double[] parameters, Column out, int step) {
    if (window.floatCount() > 0 && window.histogramCount() > 0) {
      window.annotations.mixedFloatsHistograms(window.metric(), window.source);
      return;
    }
    if (window.edges != Edges.PLAIN) {
      ExtendedRate extended = new ExtendedRate(window, isCounter, perSecond);
      if (window.histogramCount() > 0) {
        extended.histogram(out, step);
      } else {
        extended.number(out, step);
      }
    } else if (window.histogramCount() > 0) {
      histogram(window, out, step);
    } else {
      number(window, out, step);
    }
  }

  private void number(SampleWindow window, Column out, int step) {
    int first = window.firstFloat;
    int last = window.endFloat - 1;
    double[] values = window.floats;
    double result = values[last] - values[first];
    if (isCounter) {
      result += lostToResets(window, first, last);
    }
    long[] starts = window.floatStarts;
    if (startsInside(window, starts, first, window.floatTimes[first])) {
      double whole = result + values[first];
      out.set(step, whole * fromStart(window, starts, first, window.floatTimes, last));
      return;
    }
    if (last == first) {
      return;
    }
    double zeroPoint = Double.POSITIVE_INFINITY;
    double sampled = (window.floatTimes[last] - window.floatTimes[first]) / 1000.0;
    if (isCounter && result > 0 && values[first] >= 0) {
      zeroPoint = sampled * (values[first] / result);
    }
    double factor =
        factor(window, window.floatTimes[first], window.floatTimes[last], last - first, zeroPoint);
    out.set(step, result * factor);
  }

  private static double lostToResets(SampleWindow window, int first, int last) {
    double[] values = window.floats;
    long[] starts = window.floatStarts;
    double lost = 0;
    double previous = values[first];
    for (int i = first + 1; i <= last; i++) {
      double current = values[i];
      if (current < previous
          || (starts != null && StartTime.isReset(window.floatTimes, starts, i))) {
        lost += previous;
      }
      previous = current;
    }
    if (starts != null) {
      warnOverlap(window, window.floatTimes, starts, first, last);
    }
    return lost;
  }

  private static void warnOverlap(
      SampleWindow window, long[] times, long[] starts, int first, int last) {
    for (int i = first + 1; i <= last; i++) {
      if (StartTime.overlaps(times, starts, i)) {
        StartTime.warn(window);
        return;
      }
    }
  }

  private boolean startsInside(
      SampleWindow window, long @Nullable [] starts, int first, long firstTime) {
    return isCounter
        && starts != null
        && starts[first] != 0
        && starts[first] > window.rangeStart
        && starts[first] < firstTime;
  }

  /// The factor when the first sample says when its counter started: there is no need to guess what
  /// was before.
  private double fromStart(
      SampleWindow window, long @Nullable [] starts, int first, long[] times, int last) {
    long start = starts == null ? 0 : starts[first];
    double sampled = (times[last] - start) / 1000.0;
    double average = last > first ? (times[last] - times[first]) / 1000.0 / (last - first) : 0;
    double toEnd = (window.rangeEnd - times[last]) / 1000.0;
    if (toEnd >= average * 1.1) {
      toEnd = average / 2;
    }
    double factor = sampled == 0 ? 1 : (sampled + toEnd) / sampled;
    return perSecond ? factor / (window.rangeMillis / 1000.0) : factor;
  }

  /// How much the difference between two samples is stretched: to both edges of the range, or half
  /// the average distance of samples where an edge is further away than that; never past the point
  /// {@code zeroPoint} seconds before the first sample, where a counter was zero.
  private double factor(
      SampleWindow window, long firstTime, long lastTime, int gaps, double zeroPoint) {
    return stretch(
        new Range(window.rangeStart, window.rangeEnd),
        firstTime,
        lastTime,
        gaps,
        zeroPoint,
        perSecond ? window.rangeMillis / 1000.0 : 1);
  }

  /// The edges of a range, Unix milliseconds.
  record Range(long start, long end) {}

  static double stretch(
      Range range, long firstTime, long lastTime, int gaps, double zeroPoint, double divisor) {
    double toStart = (firstTime - range.start()) / 1000.0;
    double toEnd = (range.end() - lastTime) / 1000.0;
    double sampled = (lastTime - firstTime) / 1000.0;
    double average = sampled / gaps;
    double threshold = average * 1.1;
    if (toStart >= threshold) {
      toStart = average / 2;
    }
    if (zeroPoint < toStart) {
      toStart = zeroPoint;
    }
    if (toEnd >= threshold) {
      toEnd = average / 2;
    }
    double factor = sampled == 0 ? 1 : (sampled + toStart + toEnd) / sampled;
    return factor / divisor;
  }

  private void histogram(SampleWindow window, Column out, int step) {
    int first = window.firstHistogram;
    int last = window.endHistogram - 1;
    long[] starts = window.histogramStarts;
    boolean fromStart = startsInside(window, starts, first, window.histogramTimes[first]);
    if (last == first) {
      if (fromStart) {
        double factor = fromStart(window, starts, first, window.histogramTimes, last);
        out.set(step, HistogramArithmetic.multiply(window.histograms[first], factor));
      }
      return;
    }
    HistogramAccumulator sum = difference(window, first, last);
    if (sum == null) {
      return;
    }
    double factor;
    if (fromStart) {
      if (!sum.accepts(window.histograms[first])) {
        window.annotations.mixedSchemas(window.metric(), window.source);
        return;
      }
      sum.add(window.histograms[first], 1);
      factor = fromStart(window, starts, first, window.histogramTimes, last);
    } else {
      double zeroPoint = Double.POSITIVE_INFINITY;
      double count = sum.build().count();
      double before = window.histograms[first].count();
      long[] times = window.histogramTimes;
      if (isCounter && count > 0 && before >= 0) {
        zeroPoint = (times[last] - times[first]) / 1000.0 * (before / count);
      }
      factor = factor(window, times[first], times[last], last - first, zeroPoint);
    }
    sum.scale(factor);
    out.set(step, HistogramArithmetic.withHint(sum.build(), ResetHint.GAUGE));
  }

  /// The last histogram minus the first, with resets undone; null when buckets do not fit.
  private @Nullable HistogramAccumulator difference(SampleWindow window, int first, int last) {
    NativeHistogram[] points = window.histograms;
    if (!checkKinds(window, first, last)) {
      return null;
    }
    boolean skipFirst = isCounter && isReset(window, first + 1);
    int coarsest = points[last].schema();
    for (int i = skipFirst ? first + 1 : first; i < last && isCounter; i++) {
      coarsest = Math.min(coarsest, points[i].schema());
    }
    HistogramAccumulator sum =
        new HistogramAccumulator(HistogramArithmetic.reduce(points[last], coarsest));
    if (!skipFirst) {
      sum.add(points[first], -1);
      noteBounds(window, sum, "subtraction", false);
    }
    if (isCounter) {
      boolean subtracted = sum.boundsReconciled();
      for (int i = first + 1; i <= last; i++) {
        if (isReset(window, i) && !(skipFirst && i == first + 1)) {
          sum.add(points[i - 1], 1);
        }
      }
      noteBounds(window, sum, "addition", subtracted);
    } else if (points[first].resetHint() != ResetHint.GAUGE
        || points[last].resetHint() != ResetHint.GAUGE) {
      window.annotations.notGauge(window.metric(), window.source);
    }
    return sum;
  }

  private static void noteBounds(
      SampleWindow window, HistogramAccumulator sum, String operation, boolean already) {
    if (sum.boundsReconciled() && !already) {
      window.annotations.boundsReconciled(operation, window.source);
    }
  }

  private boolean checkKinds(SampleWindow window, int first, int last) {
    NativeHistogram[] points = window.histograms;
    boolean skipFirst = isCounter && isReset(window, first + 1);
    boolean custom = points[skipFirst ? first + 1 : first].hasCustomBuckets();
    for (int i = skipFirst ? first + 1 : first; i <= last; i++) {
      boolean looked = isCounter || i == first || i == last;
      if (looked && points[i].hasCustomBuckets() != custom) {
        window.annotations.mixedSchemas(window.metric(), window.source);
        return false;
      }
    }
    for (int i = first; i <= last && isCounter; i++) {
      if (points[i].resetHint() == ResetHint.GAUGE) {
        window.annotations.notCounter(window.metric(), window.source);
      }
    }
    if (isCounter && window.histogramStarts != null) {
      warnOverlap(window, window.histogramTimes, window.histogramStarts, first, last);
    }
    return true;
  }

  private static boolean isReset(SampleWindow window, int i) {
    long[] starts = window.histogramStarts;
    return (starts != null && StartTime.isReset(window.histogramTimes, starts, i))
        || HistogramArithmetic.isReset(window.histograms[i - 1], window.histograms[i]);
  }
}
