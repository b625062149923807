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

  private final Grid grid;
  private final When when;
  private final long lookbackMillis;
  private final Part part;
  private final AtomicLongArray perStep;

  InstantKernel(Grid grid, When when, long lookbackMillis, Part part, AtomicLongArray perStep) {
    this.perStep = perStep;
    this.grid = grid;
    this.when = when;
    this.lookbackMillis = lookbackMillis;
    this.part = part;
  }

  @Override
  public long run(SampleColumns in, Labels labels, Column out) {
    long[] times = in.timestamps();
    double[] values = in.values();
    double[] result = out.values();
    int size = in.size();
    boolean floatsOnly = part == Part.VALUE && in.histograms() == null;
    int newest = -1;
    long looked = 0;
    for (int step = 0; step < grid.count(); step++) {
      long at = when.from(grid.time(step));
      while (newest + 1 < size && times[newest + 1] <= at) {
        newest++;
      }
      boolean live = newest >= 0 && times[newest] > at - lookbackMillis;
      if (!live) {
        result[step] = Column.ABSENT;
      } else if (floatsOnly) {
        double value = values[newest];
        boolean stale = Double.isNaN(value) && StaleMarker.is(value);
        result[step] = stale ? Column.ABSENT : value;
        looked += stale ? 0 : 1;
      } else {
        looked += put(in, newest, out, step);
      }
    }
    countPerStep(out);
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
