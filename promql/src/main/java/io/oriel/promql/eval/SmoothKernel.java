package io.oriel.promql.eval;

import io.oriel.model.labels.Labels;
import io.oriel.model.series.SampleColumns;
import io.oriel.promql.function.SampleWindow;
import io.oriel.promql.function.Smoothing;
import io.oriel.promql.plan.PlanNode.When;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;

/// A `smoothed` instant selector: per step the value interpolated between the samples around it.
final class SmoothKernel implements Kernel {
  private final Grid grid;
  private final When when;
  private final long lookbackMillis;
  private final SampleWindow window;

  SmoothKernel(Grid grid, When when, long lookbackMillis, SampleWindow window) {
    this.grid = grid;
    this.when = when;
    this.lookbackMillis = lookbackMillis;
    this.window = window;
  }

  @Override
  public long run(SampleColumns in, Labels labels, Column out) {
    window.load(in, labels);
    out.clear();
    long looked = 0;
    for (int step = 0; step < grid.count(); step++) {
      long at = when.from(grid.time(step));
      window.move(grid.time(step), at, at - lookbackMillis, at + lookbackMillis);
      if (window.size() > 0) {
        Smoothing.apply(window, at, out, step);
        looked += window.size();
      }
    }
    return looked;
  }
}
