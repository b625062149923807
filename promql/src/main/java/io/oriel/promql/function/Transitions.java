package io.oriel.promql.function;

import io.oriel.model.metric.HistogramArithmetic;
import io.oriel.promql.parse.Expr.Edges;
import io.oriel.promql.value.Column;

/// `resets` and `changes`: how often a sample differs from the one before.
record Transitions(boolean resets) implements WindowFunction {
  @Override
  public void apply(SampleWindow window, double[] parameters, Column out, int step) {
    int number = window.firstFloat;
    int histogram = window.firstHistogram;
    if (window.edges == Edges.ANCHORED) {
      int lastNumber =
          ExtendedRate.firstAfter(window.floatTimes, number, window.endFloat, window.rangeStart)
              - 1;
      int lastHistogram =
          ExtendedRate.firstAfter(
                  window.histogramTimes, histogram, window.endHistogram, window.rangeStart)
              - 1;
      if (lastNumber + 1 >= window.endFloat && lastHistogram + 1 >= window.endHistogram) {
        return;
      }
      boolean noNumber = lastNumber < number;
      boolean noHistogram = lastHistogram < histogram;
      boolean numberAnchors =
          !noNumber
              && (noHistogram
                  || window.floatTimes[lastNumber] >= window.histogramTimes[lastHistogram]);
      if (!noNumber || !noHistogram) {
        number = numberAnchors ? lastNumber : lastNumber + 1;
        histogram = numberAnchors ? lastHistogram + 1 : lastHistogram;
      }
    }
    out.set(step, count(window, number, histogram));
  }

  private int count(SampleWindow window, int firstNumber, int firstHistogram) {
    int number = firstNumber;
    int histogram = firstHistogram;
    int count = 0;
    boolean first = true;
    boolean wasNumber = false;
    while (number < window.endFloat || histogram < window.endHistogram) {
      boolean isNumber =
          histogram >= window.endHistogram
              || (number < window.endFloat
                  && window.floatTimes[number] < window.histogramTimes[histogram]);
      if (!first) {
        if (isNumber != wasNumber) {
          count++;
        } else if (isNumber ? differs(window, number) : histogramDiffers(window, histogram)) {
          count++;
        }
      }
      first = false;
      wasNumber = isNumber;
      if (isNumber) {
        number++;
      } else {
        histogram++;
      }
    }
    return count;
  }

  private boolean differs(SampleWindow window, int i) {
    double previous = window.floats[i - 1];
    double current = window.floats[i];
    if (resets) {
      return current < previous
          || (window.floatStarts != null
              && StartTime.isReset(window.floatTimes, window.floatStarts, i));
    }
    return current != previous && !(Double.isNaN(current) && Double.isNaN(previous));
  }

  private boolean histogramDiffers(SampleWindow window, int i) {
    if (resets) {
      return (window.histogramStarts != null
              && StartTime.isReset(window.histogramTimes, window.histogramStarts, i))
          || HistogramArithmetic.isReset(window.histograms[i - 1], window.histograms[i]);
    }
    return !HistogramArithmetic.same(window.histograms[i - 1], window.histograms[i]);
  }
}
