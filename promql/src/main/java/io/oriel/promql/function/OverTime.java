package io.oriel.promql.function;

import io.oriel.model.metric.CompensatedSum;
import io.oriel.model.metric.HistogramAccumulator;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.promql.value.Column;
import java.util.Arrays;

/// The `…_over_time` functions that look at each float alone.
final class OverTime {
  private OverTime() {}

  static void sum(SampleWindow window, double[] parameters, Column out, int step) {
    if (isMixed(window)) {
      return;
    }
    if (window.histogramCount() > 0) {
      histogramSum(window, out, step, 1);
      return;
    }
    double sum = 0;
    double lost = 0;
    for (int i = window.firstFloat; i < window.endFloat; i++) {
      double next = sum + window.floats[i];
      lost += CompensatedSum.error(sum, window.floats[i], next);
      sum = next;
    }
    out.set(step, CompensatedSum.total(sum, lost));
  }

  static void avg(SampleWindow window, double[] parameters, Column out, int step) {
    if (isMixed(window)) {
      return;
    }
    if (window.histogramCount() > 0) {
      histogramSum(window, out, step, window.histogramCount());
      return;
    }
    double sum = 0;
    double lost = 0;
    for (int i = window.firstFloat; i < window.endFloat; i++) {
      double next = sum + window.floats[i];
      if (Double.isInfinite(next) && i > window.firstFloat) {
        out.set(step, averageInSteps(window));
        return;
      }
      lost += CompensatedSum.error(sum, window.floats[i], next);
      sum = next;
    }
    double n = window.floatCount();
    out.set(step, Double.isInfinite(sum) ? sum : sum / n + lost / n);
  }

  /// The mean where the sum would overflow.
  private static double averageInSteps(SampleWindow window) {
    double mean = 0;
    double lost = 0;
    for (int i = window.firstFloat; i < window.endFloat; i++) {
      double n = i - window.firstFloat + 1;
      double kept = (n - 1) / n;
      double old = kept * mean;
      double more = window.floats[i] / n;
      mean = old + more;
      lost = kept * lost + CompensatedSum.error(old, more, mean);
    }
    return CompensatedSum.total(mean, lost);
  }

  private static void histogramSum(SampleWindow window, Column out, int step, double divisor) {
    HistogramAccumulator sum = new HistogramAccumulator(window.histograms[window.firstHistogram]);
    boolean reset = false;
    boolean noReset = false;
    for (int i = window.firstHistogram; i < window.endHistogram; i++) {
      NativeHistogram point = window.histograms[i];
      reset |= point.resetHint() == NativeHistogram.ResetHint.RESET;
      noReset |= point.resetHint() == NativeHistogram.ResetHint.NO_RESET;
      if (i == window.firstHistogram) {
        continue;
      }
      if (!sum.accepts(point)) {
        window.annotations.mixedSchemas(window.metric(), window.source);
        return;
      }
      sum.add(point, 1);
    }
    if (reset && noReset) {
      window.annotations.resetCollision("aggregation", window.source);
    }
    if (sum.boundsReconciled()) {
      window.annotations.boundsReconciled("aggregation", window.source);
    }
    if (divisor != 1 && sum.overflows()) {
      out.set(step, scaledAverage(window, divisor));
      return;
    }
    sum.scale(1 / divisor);
    out.set(step, sum.build());
  }

  /// The mean of histograms whose sum would overflow: each is divided before it is added.
  private static NativeHistogram scaledAverage(SampleWindow window, double divisor) {
    HistogramAccumulator mean = new HistogramAccumulator(window.histograms[window.firstHistogram]);
    mean.scale(1 / divisor);
    for (int i = window.firstHistogram + 1; i < window.endHistogram; i++) {
      mean.add(window.histograms[i], 1 / divisor);
    }
    return mean.build();
  }

  private static boolean isMixed(SampleWindow window) {
    boolean mixed = window.floatCount() > 0 && window.histogramCount() > 0;
    if (mixed) {
      window.annotations.mixedFloatsHistograms(window.metric(), window.source);
    }
    return mixed;
  }

  static void count(SampleWindow window, double[] parameters, Column out, int step) {
    out.set(step, window.size());
  }

  static void present(SampleWindow window, double[] parameters, Column out, int step) {
    out.set(step, 1);
  }

  static void last(SampleWindow window, double[] parameters, Column out, int step) {
    int number = window.endFloat - 1;
    int histogram = window.endHistogram - 1;
    if (window.histogramCount() == 0
        || (window.floatCount() > 0
            && window.histogramTimes[histogram] < window.floatTimes[number])) {
      out.set(step, window.floats[number]);
    } else {
      out.set(step, window.histograms[histogram]);
    }
  }

  static void first(SampleWindow window, double[] parameters, Column out, int step) {
    int number = window.firstFloat;
    int histogram = window.firstHistogram;
    if (window.histogramCount() == 0
        || (window.floatCount() > 0
            && window.floatTimes[number] < window.histogramTimes[histogram])) {
      out.set(step, window.floats[number]);
    } else {
      out.set(step, window.histograms[histogram]);
    }
  }

  static void timeOfFirst(SampleWindow window, double[] parameters, Column out, int step) {
    long time = Long.MAX_VALUE;
    if (window.floatCount() > 0) {
      time = window.floatTimes[window.firstFloat];
    }
    if (window.histogramCount() > 0) {
      time = Math.min(time, window.histogramTimes[window.firstHistogram]);
    }
    out.set(step, time / 1000.0);
  }

  static void timeOfLast(SampleWindow window, double[] parameters, Column out, int step) {
    long time = Long.MIN_VALUE;
    if (window.floatCount() > 0) {
      time = window.floatTimes[window.endFloat - 1];
    }
    if (window.histogramCount() > 0) {
      time = Math.max(time, window.histogramTimes[window.endHistogram - 1]);
    }
    out.set(step, time / 1000.0);
  }

  /// The smallest or largest float, or when it was.
  record Extreme(boolean max, boolean wantsTime) implements WindowFunction {
    @Override
    public void apply(SampleWindow window, double[] parameters, Column out, int step) {
      if (!ignoresHistograms(window)) {
        return;
      }
      double best = window.floats[window.firstFloat];
      int at = window.firstFloat;
      for (int i = window.firstFloat; i < window.endFloat; i++) {
        double value = window.floats[i];
        boolean better = max ? value > best : value < best;
        if (better || Double.isNaN(best) || (wantsTime && value == best)) {
          best = value;
          at = i;
        }
      }
      out.set(step, wantsTime ? window.floatTimes[at] / 1000.0 : best);
    }
  }

  /// The variance of the floats, or its root.
  record Variance(boolean root) implements WindowFunction {
    @Override
    public void apply(SampleWindow window, double[] parameters, Column out, int step) {
      if (!ignoresHistograms(window)) {
        return;
      }
      double count = 0;
      double mean = 0;
      double meanLost = 0;
      double squares = 0;
      double squaresLost = 0;
      for (int i = window.firstFloat; i < window.endFloat; i++) {
        count++;
        double value = window.floats[i];
        double delta = value - (mean + meanLost);
        double more = delta / count;
        double next = mean + more;
        meanLost += CompensatedSum.error(mean, more, next);
        mean = next;
        more = delta * (value - (mean + meanLost));
        next = squares + more;
        squaresLost += CompensatedSum.error(squares, more, next);
        squares = next;
      }
      double variance = (squares + squaresLost) / count;
      out.set(step, root ? Math.sqrt(variance) : variance);
    }
  }

  static void quantile(SampleWindow window, double[] parameters, Column out, int step) {
    double q = parameters[0];
    if (window.floatCount() == 0) {
      return;
    }
    if (!(q >= 0 && q <= 1)) {
      window.annotations.invalidQuantile(q, window.source);
    }
    ignoresHistograms(window);
    double[] values = Arrays.copyOfRange(window.floats, window.firstFloat, window.endFloat);
    out.set(step, Quantile.of(q, values, values.length));
  }

  static void medianDeviation(SampleWindow window, double[] parameters, Column out, int step) {
    if (!ignoresHistograms(window)) {
      return;
    }
    double[] values = Arrays.copyOfRange(window.floats, window.firstFloat, window.endFloat);
    for (double value : values) {
      if (Double.isNaN(value)) {
        out.set(step, Double.NaN);
        return;
      }
    }
    double median = Quantile.of(0.5, values, values.length);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i] - median);
    }
    out.set(step, Quantile.of(0.5, values, values.length));
  }

  /// Whether there are floats to work on; histograms beside them are noted as ignored.
  static boolean ignoresHistograms(SampleWindow window) {
    if (window.floatCount() == 0) {
      return false;
    }
    if (window.histogramCount() > 0) {
      window.annotations.ignoredInMixedRange(window.metric(), window.source);
    }
    return true;
  }
}
