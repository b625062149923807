package io.oriel.promql.eval;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.series.SampleColumns;
import io.oriel.promql.function.ExtrapolatedRate;
import io.oriel.promql.value.Column;
import java.util.Arrays;

/// `rate`, `increase` and `delta` of a series of floats alone; whatever else a series may hold goes
/// the general way.
///
/// How far a difference is extrapolated depends on timestamps only, unless a counter would have
/// been below zero; so it is computed once for all series with the same timestamps. Counter resets
/// are found once per series; a window only looks at those inside it.
final class RateKernel implements Kernel {
  private final WindowKernel general;
  private final WindowKernel.Shape shape;
  private final ExtrapolatedRate rate;
  private final boolean usesStarts;
  private final double divisor;
  private final Windows.Cache windows;
  private int[] resets = new int[16];

  RateKernel(
      WindowKernel general, WindowKernel.Shape shape, ExtrapolatedRate rate, boolean usesStarts) {
    this.general = general;
    this.shape = shape;
    this.rate = rate;
    this.usesStarts = usesStarts;
    this.divisor = rate.perSecond() ? shape.rangeMillis() / 1000.0 : 1;
    this.windows = Windows.Cache.withFactors(shape.range(), this::extrapolate);
  }

  @Override
  public long run(SampleColumns in, Labels labels, Column out) {
    int size = in.size();
    double[] values = in.values();
    if (in.histograms() != null || (usesStarts && in.starts() != null)) {
      return general.run(in, labels, out);
    }
    int found = 0;
    boolean counter = rate.isCounter();
    double before = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < size; i++) {
      double value = values[i];
      if (!(value >= before)) {
        if (StaleMarker.is(value)) {
          return general.run(in, labels, out);
        }
        if (counter && value < before) {
          if (found == resets.length) {
            resets = Arrays.copyOf(resets, 2 * found);
          }
          resets[found++] = i;
        }
      }
      before = value;
    }
    Windows plan = windows.find(in.timestamps(), size);
    if (found > 0) {
      withResets(plan, values, found, out.values());
    } else {
      withoutResets(plan, values, out.values());
    }
    shape.countPerStep(plan);
    return plan.looked;
  }

  /// What the difference of each window is multiplied with, and, as `share`, which part of it the
  /// first value must reach so that the counter was not below zero where the extrapolation begins.
  private void extrapolate(Windows plan) {
    long[] times = plan.times();
    for (int step = 0; step < plan.first.length; step++) {
      int first = plan.first[step];
      int last = plan.end[step] - 1;
      if (last <= first) {
        continue;
      }
      double sampled = (times[last] - times[first]) / 1000.0;
      double average = sampled / (last - first);
      double threshold = average * 1.1;
      double toStart = toStart(times[first], step);
      if (toStart >= threshold) {
        toStart = average / 2;
      }
      double toEnd = toEnd(times[last], step, average, threshold);
      plan.factor[step] = (sampled + toStart + toEnd) / sampled / divisor;
      plan.share[step] = rate.isCounter() ? toStart / sampled : Double.NaN;
    }
  }

  private double toStart(long firstTime, int step) {
    long from = shape.when().from(shape.grid().time(step)) - shape.rangeMillis();
    return (firstTime - from) / 1000.0;
  }

  private double toEnd(long lastTime, int step, double average, double threshold) {
    double toEnd = (shape.when().from(shape.grid().time(step)) - lastTime) / 1000.0;
    return toEnd >= threshold ? average / 2 : toEnd;
  }

  private void withoutResets(Windows plan, double[] values, double[] result) {
    int[] firsts = plan.first;
    int[] ends = plan.end;
    double[] factors = plan.factor;
    double[] shares = plan.share;
    for (int step = 0; step < result.length; step++) {
      int first = firsts[step];
      int last = ends[step] - 1;
      if (last <= first) {
        result[step] = Column.ABSENT;
        continue;
      }
      double start = values[first];
      double difference = values[last] - start;
      result[step] =
          start < shares[step] * difference && start >= 0
              ? fromZero(plan, step, start, difference)
              : difference * factors[step];
    }
  }

  private void withResets(Windows plan, double[] values, int found, double[] result) {
    int reset = 0;
    for (int step = 0; step < result.length; step++) {
      int first = plan.first[step];
      int last = plan.end[step] - 1;
      if (last <= first) {
        result[step] = Column.ABSENT;
        continue;
      }
      double start = values[first];
      double difference = values[last] - start;
      while (reset < found && resets[reset] <= first) {
        reset++;
      }
      for (int r = reset; r < found && resets[r] <= last; r++) {
        difference += values[resets[r] - 1];
      }
      result[step] =
          start < plan.share[step] * difference && start >= 0
              ? fromZero(plan, step, start, difference)
              : difference * plan.factor[step];
    }
  }

  /// The result where the counter is taken to have started at zero within the range.
  private double fromZero(Windows plan, int step, double start, double difference) {
    long[] times = plan.times();
    int first = plan.first[step];
    int last = plan.end[step] - 1;
    double sampled = (times[last] - times[first]) / 1000.0;
    double average = sampled / (last - first);
    double toZero = sampled * (start / difference);
    double toEnd = toEnd(times[last], step, average, average * 1.1);
    return difference * ((sampled + toZero + toEnd) / sampled / divisor);
  }
}
