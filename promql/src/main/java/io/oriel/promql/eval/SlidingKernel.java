package io.oriel.promql.eval;

import io.oriel.model.labels.Labels;
import io.oriel.model.series.SampleColumns;
import io.oriel.promql.value.Column;
import java.util.Map;
import java.util.Optional;

/// Functions over time whose next window follows from the last one without looking at all of its
/// samples again, for series of finite floats alone; whatever else a series may hold goes the
/// general way.
///
/// Sums are differences of running totals, which carry twice the digits of a double. That is enough
/// unless the magnitudes of a series lie further apart than {@link #SPREAD}: then the general way
/// adds each window up by itself.
final class SlidingKernel implements Kernel {
  /// What is made of a window.
  private enum Kind {
    SUM,
    AVG,
    MIN,
    MAX,
    COUNT,
    LAST
  }

  private static final Map<String, Kind> KINDS =
      Map.of(
          "sum_over_time", Kind.SUM,
          "avg_over_time", Kind.AVG,
          "min_over_time", Kind.MIN,
          "max_over_time", Kind.MAX,
          "count_over_time", Kind.COUNT,
          "last_over_time", Kind.LAST);

  private static final double SPREAD = 0x1p30;
  private static final double LARGEST = 0x1p900;

  private final Kind kind;
  private final WindowKernel general;
  private final WindowKernel.Shape shape;
  private final Windows.Cache windows;
  private double[] totals = new double[256];
  private double[] rests = new double[256];
  private int[] candidates = new int[256];

  private SlidingKernel(Kind kind, WindowKernel general, WindowKernel.Shape shape) {
    this.kind = kind;
    this.general = general;
    this.shape = shape;
    this.windows = Windows.Cache.of(shape.range());
  }

  /// The kernel for the function called {@code name}; empty when it needs every window whole.
  static Optional<Kernel> find(String name, WindowKernel general, WindowKernel.Shape shape) {
    Kind kind = KINDS.get(name);
    return kind == null ? Optional.empty() : Optional.of(new SlidingKernel(kind, general, shape));
  }

  @Override
  public long run(SampleColumns in, Labels labels, Column out) {
    if (in.histograms() != null || !slides(in.values(), in.size())) {
      return general.run(in, labels, out);
    }
    Windows plan = windows.find(in.timestamps(), in.size());
    double[] values = in.values();
    double[] result = out.values();
    switch (kind) {
      case SUM, AVG -> sums(plan, values, in.size(), result);
      case MIN -> extremes(plan, values, in.size(), -1, result);
      case MAX -> extremes(plan, values, in.size(), 1, result);
      case COUNT -> {
        for (int step = 0; step < result.length; step++) {
          int count = plan.end[step] - plan.first[step];
          result[step] = count > 0 ? count : Column.ABSENT;
        }
      }
      case LAST -> {
        for (int step = 0; step < result.length; step++) {
          int end = plan.end[step];
          result[step] = end > plan.first[step] ? values[end - 1] : Column.ABSENT;
        }
      }
    }
    shape.countPerStep(plan);
    return plan.looked;
  }

  private boolean slides(double[] values, int size) {
    double largest = 0;
    double smallest = Double.MAX_VALUE;
    for (int i = 0; i < size; i++) {
      double magnitude = Math.abs(values[i]);
      if (!(magnitude <= LARGEST)) {
        return false;
      }
      largest = Math.max(largest, magnitude);
      smallest = Math.min(smallest, magnitude == 0 ? Double.MAX_VALUE : magnitude);
    }
    boolean adds = kind == Kind.SUM || kind == Kind.AVG;
    return !adds || largest <= smallest * SPREAD;
  }

  private void sums(Windows plan, double[] values, int size, double[] result) {
    if (totals.length <= size) {
      totals = new double[2 * size];
      rests = new double[2 * size];
    }
    double total = 0;
    double rest = 0;
    for (int i = 0; i < size; i++) {
      double next = total + values[i];
      rest += error(total, values[i], next);
      total = next;
      totals[i + 1] = total;
      rests[i + 1] = rest;
    }
    for (int step = 0; step < result.length; step++) {
      int first = plan.first[step];
      int end = plan.end[step];
      if (end <= first) {
        result[step] = Column.ABSENT;
        continue;
      }
      double difference = totals[end] - totals[first];
      double lost = error(totals[end], -totals[first], difference) + (rests[end] - rests[first]);
      double sum = difference + lost;
      if (kind == Kind.SUM) {
        result[step] = sum;
      } else {
        double count = end - first;
        result[step] = sum / count + (lost - (sum - difference)) / count;
      }
    }
  }

  /// What `a + b = sum` lost to rounding.
  private static double error(double a, double b, double sum) {
    double added = sum - a;
    return (a - (sum - added)) + (b - added);
  }

  /// The extreme of each window: {@code candidates} holds the samples that may still become one,
  /// each better than all behind it.
  private void extremes(Windows plan, double[] values, int size, int sign, double[] result) {
    if (candidates.length < size) {
      candidates = new int[2 * size];
    }
    int head = 0;
    int tail = 0;
    int seen = 0;
    for (int step = 0; step < result.length; step++) {
      for (; seen < plan.end[step]; seen++) {
        double value = values[seen] * sign;
        while (tail > head && values[candidates[tail - 1]] * sign < value) {
          tail--;
        }
        candidates[tail++] = seen;
      }
      while (head < tail && candidates[head] < plan.first[step]) {
        head++;
      }
      boolean any = plan.end[step] > plan.first[step];
      result[step] = any ? values[candidates[head]] : Column.ABSENT;
    }
  }
}
