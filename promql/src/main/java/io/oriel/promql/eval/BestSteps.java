package io.oriel.promql.eval;

import io.oriel.promql.value.Column;
import java.util.Arrays;

/// The best few of many series at each step, in a heap per step with the worst on top. Series are
/// offered whole, so that memory is walked in order; of equals the one offered first is better.
final class BestSteps {
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
      if (size[step] < wanted[step]) {
        rise(step, size[step]++, key, index);
      } else if (isBetter(key, index, keys[step][0], series[step][0])) {
        sink(step, key, index);
      }
    }
  }

  /// The chosen series at {@code step}, best first.
  int[] at(int step) {
    Integer[] order = new Integer[size[step]];
    Arrays.setAll(order, i -> i);
    double[] stepKeys = keys[step];
    int[] stepSeries = series[step];
    Arrays.sort(
        order,
        (a, b) -> {
          boolean better = isBetter(stepKeys[a], stepSeries[a], stepKeys[b], stepSeries[b]);
          return a.equals(b) ? 0 : better ? -1 : 1;
        });
    return Arrays.stream(order).mapToInt(i -> stepSeries[i]).toArray();
  }

  private static boolean isBetter(double key, int index, double otherKey, int other) {
    if (Double.isNaN(key) || Double.isNaN(otherKey)) {
      return Double.isNaN(key) ? Double.isNaN(otherKey) && index < other : true;
    }
    return key != otherKey ? key > otherKey : index < other;
  }

  private void rise(int step, int from, double key, int index) {
    double[] stepKeys = keys[step];
    int[] stepSeries = series[step];
    int at = from;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (!isBetter(stepKeys[parent], stepSeries[parent], key, index)) {
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
      if (child + 1 < stepKeys.length
          && isBetter(
              stepKeys[child], stepSeries[child], stepKeys[child + 1], stepSeries[child + 1])) {
        child++;
      }
      if (!isBetter(key, index, stepKeys[child], stepSeries[child])) {
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
