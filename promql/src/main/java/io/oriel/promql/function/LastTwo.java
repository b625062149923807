package io.oriel.promql.function;

import io.oriel.model.metric.HistogramAccumulator;
import io.oriel.model.metric.HistogramArithmetic;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.promql.value.Column;

/// `irate` and `idelta`: the difference between the last two samples.
record LastTwo(boolean isRate) implements WindowFunction {
  @Override
  public void apply(SampleWindow window, double[] parameters, Column out, int step) {
    if (window.size() < 2) {
      return;
    }
    int lastFloat = window.endFloat - 1;
    int lastHistogram = window.endHistogram - 1;
    boolean floats =
        lastTwoAre(
            window.floatTimes,
            window.firstFloat,
            lastFloat,
            window.histogramCount() == 0 ? Long.MIN_VALUE : window.histogramTimes[lastHistogram]);
    boolean histograms =
        lastTwoAre(
            window.histogramTimes,
            window.firstHistogram,
            lastHistogram,
            window.floatCount() == 0 ? Long.MIN_VALUE : window.floatTimes[lastFloat]);
    if (floats) {
      number(window, lastFloat, out, step);
    } else if (histograms) {
      histogram(window, lastHistogram, out, step);
    } else {
      window.annotations.mixedFloatsHistograms(window.metric(), window.source);
    }
  }

  private static boolean lastTwoAre(long[] times, int first, int last, long otherLast) {
    return last > first && times[last - 1] > otherLast;
  }

  private void number(SampleWindow window, int last, Column out, int step) {
    double from = window.floats[last - 1];
    double to = window.floats[last];
    double seconds = (window.floatTimes[last] - window.floatTimes[last - 1]) / 1000.0;
    long[] starts = window.floatStarts;
    boolean reset =
        isRate
            && (to < from
                || (starts != null && StartTime.isReset(window.floatTimes, starts, last)));
    double difference = reset ? to : to - from;
    out.set(step, isRate ? difference / seconds : difference);
  }

  private void histogram(SampleWindow window, int last, Column out, int step) {
    NativeHistogram from = window.histograms[last - 1];
    NativeHistogram to = window.histograms[last];
    boolean anyGauge = from.resetHint() == ResetHint.GAUGE || to.resetHint() == ResetHint.GAUGE;
    boolean allGauge = from.resetHint() == ResetHint.GAUGE && to.resetHint() == ResetHint.GAUGE;
    if (isRate && anyGauge) {
      window.annotations.notCounter(window.metric(), window.source);
    }
    if (!isRate && !allGauge) {
      window.annotations.notGauge(window.metric(), window.source);
    }
    HistogramAccumulator result = new HistogramAccumulator(to);
    long[] starts = window.histogramStarts;
    boolean reset =
        isRate
            && ((starts != null && StartTime.isReset(window.histogramTimes, starts, last))
                || HistogramArithmetic.isReset(from, to));
    if (!reset) {
      if (!result.accepts(from)) {
        window.annotations.mixedSchemas(window.metric(), window.source);
        return;
      }
      result.add(from, -1);
      if (result.boundsReconciled()) {
        window.annotations.boundsReconciled("subtraction", window.source);
      }
    }
    if (isRate) {
      long elapsed = window.histogramTimes[last] - window.histogramTimes[last - 1];
      result.scale(1 / (elapsed / 1000.0));
    }
    out.set(step, HistogramArithmetic.withHint(result.build(), ResetHint.GAUGE));
  }
}
