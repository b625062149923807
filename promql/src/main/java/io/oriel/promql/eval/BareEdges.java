package io.oriel.promql.eval;

import io.oriel.model.series.SampleColumns;

/// What `selector[range] anchored` or `smoothed` shows by itself: the floats inside, and one at
/// each edge of the range.
final class BareEdges {
  private BareEdges() {}

  static SampleColumns extend(SampleColumns all, long start, long end, boolean smoothed) {
    SampleColumns samples = RangeSamples.within(all, Long.MIN_VALUE, Long.MAX_VALUE);
    SampleColumns out = new SampleColumns(samples.size() + 2);
    int size = samples.size();
    if (size == 0 || samples.histograms() != null) {
      return samples.histograms() == null ? out : RangeSamples.within(all, start, end);
    }
    long[] times = samples.timestamps();
    double[] values = samples.values();
    int last = size - 1;
    int first = Math.max(0, firstAfter(times, last, start) - 1);
    if (smoothed) {
      last = firstAfter(times, last, end - 1);
    }
    if (times[last] <= start) {
      return out;
    }
    boolean left = smoothed && times[first] < start && first < last;
    boolean right = smoothed && last > 0 && times[last] > end;
    out.add(start, left ? between(times, values, first, start) : values[first]);
    for (int i = first; i <= last; i++) {
      if (times[i] > start && times[i] < end) {
        out.add(times[i], values[i]);
      }
    }
    out.add(end, right ? between(times, values, last - 1, end) : values[last]);
    return out;
  }

  private static int firstAfter(long[] times, int to, long time) {
    int i = 0;
    while (i < to && times[i] <= time) {
      i++;
    }
    return i;
  }

  private static double between(long[] times, double[] values, int i, long time) {
    return values[i]
        + (values[i + 1] - values[i]) * (time - times[i]) / (double) (times[i + 1] - times[i]);
  }
}
