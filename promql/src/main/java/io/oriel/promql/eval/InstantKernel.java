package io.oriel.promql.eval;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.series.SampleColumns;
import io.oriel.promql.plan.PlanNode.When;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;
import java.util.concurrent.atomic.AtomicLongArray;

/// An instant selector: per step the newest sample that is at most the lookback old and not stale.
final class InstantKernel implements Kernel {
  /// What of a sample is wanted.
  enum Part {
    VALUE,
    TIME,
    TIME_MILLIS,
    START_TIME
  }

  private final Windows.Cache windows;
  private final Part part;
  private final AtomicLongArray perStep;

  InstantKernel(Grid grid, When when, long lookbackMillis, Part part, AtomicLongArray perStep) {
    this.perStep = perStep;
    this.windows = Windows.Cache.of(new Windows.Range(grid, when, lookbackMillis));
    this.part = part;
  }

  @Override
  public long run(SampleColumns in, Labels labels, Column out) {
    Windows plan = windows.find(in.timestamps(), in.size());
    boolean floatsOnly = part == Part.VALUE && in.histograms() == null;
    long looked = floatsOnly ? floats(plan, in.values(), out.values()) : any(plan, in, out);
    countPerStep(out);
    return looked;
  }

  private static long floats(Windows plan, double[] values, double[] result) {
    int[] firsts = plan.first;
    int[] ends = plan.end;
    long present = 0;
    for (int step = 0; step < result.length; step++) {
      int end = ends[step];
      double value = end > firsts[step] ? values[end - 1] : Column.ABSENT;
      if (Double.isNaN(value) && (Column.isAbsent(value) || StaleMarker.is(value))) {
        value = Column.ABSENT;
      } else {
        present++;
      }
      result[step] = value;
    }
    return present;
  }

  private long any(Windows plan, SampleColumns in, Column out) {
    long looked = 0;
    for (int step = 0; step < out.steps(); step++) {
      if (plan.end[step] > plan.first[step]) {
        looked += put(in, plan.end[step] - 1, out, step);
      } else {
        out.remove(step);
      }
    }
    return looked;
  }

  private void countPerStep(Column out) {
    for (int step = 0; step < perStep.length(); step++) {
      if (out.isPresent(step)) {
        perStep.incrementAndGet(step);
      }
    }
  }

  private int put(SampleColumns in, int row, Column out, int step) {
    NativeHistogram histogram = in.histogram(row);
    boolean stale = histogram != null ? histogram.isStale() : StaleMarker.is(in.values()[row]);
    if (stale) {
      out.remove(step);
      return 0;
    }
    switch (part) {
      case VALUE -> {
        if (histogram != null) {
          out.set(step, histogram);
        } else {
          out.set(step, in.values()[row]);
        }
      }
      case TIME -> out.set(step, in.timestamps()[row] / 1000.0);
      case TIME_MILLIS -> {
        if (histogram != null) {
          out.set(step, histogram);
        } else {
          out.set(step, (double) in.timestamps()[row]);
        }
      }
      case START_TIME -> {
        long[] starts = in.starts();
        out.set(step, starts == null ? 0 : starts[row] / 1000.0);
      }
    }
    return 1;
  }
}
