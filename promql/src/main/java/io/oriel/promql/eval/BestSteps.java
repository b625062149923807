package io.oriel.promql.eval;

import io.oriel.promql.value.Column;
import java.util.Arrays;

/// The best few of many series at each step, in a heap per step with the worst on top. Series are
/// offered whole, so that memory is walked in order.
///
/// Which of equals are kept is what Prometheus' heap makes of it (Go's container/heap, moves and
/// comparisons alike), so that `topk(3, up)` names the same series there and here.
final class BestSteps {
  /** Up to here Go sorts by insertion, which keeps equals in order. */
  private static final int INSERTION_SORTED = 12;

  private final int[] wanted;
  private final int[] size;
  private final double[][] keys;
  private final int[][] series;
  private final boolean largest;

  /// @param k how many are wanted at each step
  /// @param most how many there can be
  BestSteps(double[] k, int most, boolean largest) {
    this.largest = largest;
    wanted = new int[k.length];
    size = new int[k.length];
    keys = new double[k.length][];
    series = new int[k.length][];
    for (int step = 0; step < k.length; step++) {
      wanted[step] = Math.clamp((long) k[step], 0, most);
      keys[step] = new double[wanted[step]];
      series[step] = new int[wanted[step]];
    }
  }

  void offer(int index, double[] values) {
    for (int step = 0; step < wanted.length; step++) {
      double value = values[step];
      if (wanted[step] == 0 || Column.isAbsent(value)) {
        continue;
      }
      double key = largest ? value : -value;
      double worst = size[step] == 0 ? Double.NaN : keys[step][0];
      if (size[step] < wanted[step]) {
        rise(step, size[step]++, key, index);
      } else if (worst < key || Double.isNaN(worst) && !Double.isNaN(key)) {
        sink(step, key, index);
      }
    }
  }

  /// The chosen series at {@code step}, best first.
  int[] at(int step) {
    double[] stepKeys = Arrays.copyOf(keys[step], size[step]);
    int[] stepSeries = Arrays.copyOf(series[step], size[step]);
    if (stepKeys.length > INSERTION_SORTED) {
      return sorted(stepKeys, stepSeries);
    }
    for (int i = 1; i < stepKeys.length; i++) {
      for (int j = i; j > 0 && isWorse(stepKeys[j - 1], stepKeys[j]); j--) {
        double key = stepKeys[j];
        stepKeys[j] = stepKeys[j - 1];
        stepKeys[j - 1] = key;
        int one = stepSeries[j];
        stepSeries[j] = stepSeries[j - 1];
        stepSeries[j - 1] = one;
      }
    }
    return stepSeries;
  }

  private static int[] sorted(double[] keys, int[] series) {
    Integer[] order = new Integer[keys.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(
        order,
        (a, b) ->
            Double.isNaN(keys[a]) || Double.isNaN(keys[b])
                ? Boolean.compare(Double.isNaN(keys[a]), Double.isNaN(keys[b]))
                : Double.compare(keys[b], keys[a]));
    return Arrays.stream(order).mapToInt(i -> series[i]).toArray();
  }

  /// The heap's order; like upstream's, it puts a number that is none before anything.
  private static boolean isWorse(double key, double other) {
    return Double.isNaN(key) || key < other;
  }

  private void rise(int step, int from, double key, int index) {
    double[] stepKeys = keys[step];
    int[] stepSeries = series[step];
    int at = from;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (!isWorse(key, stepKeys[parent])) {
        break;
      }
      stepKeys[at] = stepKeys[parent];
      stepSeries[at] = stepSeries[parent];
      at = parent;
    }
    stepKeys[at] = key;
    stepSeries[at] = index;
  }

  private void sink(int step, double key, int index) {
    double[] stepKeys = keys[step];
    int[] stepSeries = series[step];
    int at = 0;
    while (2 * at + 1 < stepKeys.length) {
      int child = 2 * at + 1;
      if (child + 1 < stepKeys.length && isWorse(stepKeys[child + 1], stepKeys[child])) {
        child++;
      }
      if (!isWorse(stepKeys[child], key)) {
        break;
      }
      stepKeys[at] = stepKeys[child];
      stepSeries[at] = stepSeries[child];
      at = child;
    }
    stepKeys[at] = key;
    stepSeries[at] = index;
  }
}
