package io.oriel.promql.function;

import io.oriel.model.error.OrielException;
import io.oriel.model.metric.CompensatedSum;
import io.oriel.promql.value.Column;
import java.util.Locale;

/// Functions that fit a line or a smooth curve through the floats of a window.
final class Trend {
  private Trend() {}

  static void derivative(SampleWindow window, double[] parameters, Column out, int step) {
    if (enough(window)) {
      out.set(step, regression(window, window.floatTimes[window.firstFloat])[0]);
    }
  }

  static void predict(SampleWindow window, double[] parameters, Column out, int step) {
    if (enough(window)) {
      double[] line = regression(window, window.time);
      out.set(step, line[0] * parameters[0] + line[1]);
    }
  }

  private static boolean enough(SampleWindow window) {
    if (window.floatCount() > 0 && window.histogramCount() > 0) {
      window.annotations.ignoredInMixedRange(window.metric(), window.source);
    }
    return window.floatCount() >= 2;
  }

  /// Slope per second and value at {@code zeroTime} of the least-squares line.
  private static double[] regression(SampleWindow window, long zeroTime) {
    Sum x = new Sum();
    Sum y = new Sum();
    Sum xy = new Sum();
    Sum xx = new Sum();
    double first = window.floats[window.firstFloat];
    boolean constant = true;
    for (int i = window.firstFloat; i < window.endFloat; i++) {
      double value = window.floats[i];
      constant &= value == first;
      double seconds = (window.floatTimes[i] - zeroTime) / 1000.0;
      x.add(seconds);
      y.add(value);
      xy.add(seconds * value);
      xx.add(seconds * seconds);
    }
    if (constant) {
      double slope = Double.isInfinite(first) ? Double.NaN : 0;
      return new double[] {slope, Double.isInfinite(first) ? Double.NaN : first};
    }
    double n = window.floatCount();
    double slope =
        (xy.total() - x.total() * y.total() / n) / (xx.total() - x.total() * x.total() / n);
    return new double[] {slope, y.total() / n - slope * x.total() / n};
  }

  private static final class Sum {
    private double sum;
    private double lost;

    void add(double value) {
      double next = sum + value;
      lost += CompensatedSum.error(sum, value, next);
      sum = next;
    }

    double total() {
      return sum + lost;
    }
  }

  /// Holt's double exponential smoothing.
  static void smooth(SampleWindow window, double[] parameters, Column out, int step) {
    double smoothing = factor("smoothing", "sf", parameters[0]);
    double trend = factor("trend", "tf", parameters[1]);
    if (!enough(window)) {
      return;
    }
    double before = 0;
    double level = window.floats[window.firstFloat];
    double slope = window.floats[window.firstFloat + 1] - level;
    for (int i = window.firstFloat + 1; i < window.endFloat; i++) {
      if (i > window.firstFloat + 1) {
        slope = trend * (level - before) + (1 - trend) * slope;
      }
      double next = smoothing * window.floats[i] + (1 - smoothing) * (level + slope);
      before = level;
      level = next;
    }
    out.set(step, level);
  }

  private static double factor(String what, String name, double value) {
    if (value <= 0 || value >= 1) {
      throw OrielException.invalid(
          String.format(
              Locale.ROOT, "invalid %s factor. Expected: 0 < %s < 1, got: %f", what, name, value));
    }
    return value;
  }
}
