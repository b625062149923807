package io.oriel.promql.eval;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.series.SampleColumns;
import io.oriel.promql.function.ExtrapolatedRate;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;
import java.util.Arrays;

/// `rate`, `increase` and `delta` of a series of floats alone, in one pass; whatever else a series
/// may hold goes the general way.
///
/// Counter resets are found once per series; a window only looks at those inside it, so a step
/// costs no more than moving two indices.
final class RateKernel implements Kernel {
  private final WindowKernel general;
  private final WindowKernel.Shape shape;
  private final ExtrapolatedRate rate;
  private final boolean usesStarts;
  private int[] resets = new int[16];

  RateKernel(
      WindowKernel general, WindowKernel.Shape shape, ExtrapolatedRate rate, boolean usesStarts) {
    this.general = general;
    this.shape = shape;
    this.rate = rate;
    this.usesStarts = usesStarts;
  }

  @Override
  public long run(SampleColumns in, Labels labels, Column out) {
    int size = in.size();
    double[] values = in.values();
    if (in.histograms() != null || (usesStarts && in.starts() != null)) {
      return general.run(in, labels, out);
    }
    int found = 0;
    for (int i = 0; i < size; i++) {
      double value = values[i];
      if (Double.isNaN(value) && StaleMarker.is(value)) {
        return general.run(in, labels, out);
      }
      if (i > 0 && value < values[i - 1] && rate.isCounter()) {
        if (found == resets.length) {
          resets = Arrays.copyOf(resets, 2 * found);
        }
        resets[found++] = i;
      }
    }
    return compute(in.timestamps(), values, size, found, out);
  }

  private long compute(long[] times, double[] values, int size, int found, Column out) {
    Grid grid = shape.grid();
    double[] result = out.values();
    double divisor = rate.perSecond() ? shape.rangeMillis() / 1000.0 : 1;
    boolean counter = rate.isCounter();
    int perStep = shape.perStep().length();
    int first = 0;
    int end = 0;
    int reset = 0;
    long looked = 0;
    for (int step = 0; step < grid.count(); step++) {
      long to = shape.when().from(grid.time(step));
      long from = to - shape.rangeMillis();
      while (end < size && times[end] <= to) {
        end++;
      }
      while (first < end && times[first] <= from) {
        first++;
      }
      looked += end - first;
      if (step < perStep) {
        shape.perStep().addAndGet(step, end - first);
      }
      if (end - first < 2) {
        result[step] = Column.ABSENT;
        continue;
      }
      int last = end - 1;
      double difference = values[last] - values[first];
      if (found > 0) {
        while (reset < found && resets[reset] <= first) {
          reset++;
        }
        for (int r = reset; r < found && resets[r] <= last; r++) {
          difference += values[resets[r] - 1];
        }
      }
      double sampled = (times[last] - times[first]) / 1000.0;
      double average = sampled / (last - first);
      double threshold = average * 1.1;
      double toStart = (times[first] - from) / 1000.0;
      double toEnd = (to - times[last]) / 1000.0;
      if (toStart >= threshold) {
        toStart = average / 2;
      }
      if (counter && difference > 0 && values[first] >= 0) {
        double toZero = sampled * (values[first] / difference);
        if (toZero < toStart) {
          toStart = toZero;
        }
      }
      if (toEnd >= threshold) {
        toEnd = average / 2;
      }
      result[step] = difference * ((sampled + toStart + toEnd) / sampled / divisor);
    }
    return looked;
  }
}
