package io.oriel.promql.eval;

import io.oriel.model.labels.Labels;
import io.oriel.model.series.SampleColumns;
import io.oriel.promql.function.SampleWindow;
import io.oriel.promql.function.WindowFunction;
import io.oriel.promql.parse.Expr.Edges;
import io.oriel.promql.plan.PlanNode.When;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;
import java.util.concurrent.atomic.AtomicLongArray;

/// A range function: moves a window over the samples of a series and applies the function at every
/// step.
final class WindowKernel implements Kernel {
  /// Where windows lie.
  ///
  /// @param before how much further back than the range samples are taken
  /// @param after how much later than its end
  /// @param perStep where samples per step are counted; may be empty
  record Shape(
      Grid grid, When when, long rangeMillis, long before, long after, AtomicLongArray perStep) {
    static Shape of(
        Grid grid,
        When when,
        long rangeMillis,
        Edges edges,
        long lookbackMillis,
        AtomicLongArray perStep) {
      return new Shape(
          grid,
          when,
          rangeMillis,
          edges == Edges.PLAIN ? 0 : lookbackMillis,
          edges == Edges.SMOOTHED ? lookbackMillis : 0,
          perStep);
    }

    /// The ranges themselves.
    Windows.Range range() {
      return new Windows.Range(grid, when, rangeMillis);
    }

    /// Counts the samples of every window, where that is wanted.
    void countPerStep(Windows windows) {
      for (int step = 0; step < perStep.length(); step++) {
        perStep.addAndGet(step, windows.end[step] - windows.first[step]);
      }
    }
  }

  private final Shape shape;
  private final SampleWindow window;
  private final WindowFunction function;
  private final double[][] parameters;
  private final double[] atStep;

  /// @param parameters per scalar argument its value at every step
  WindowKernel(Shape shape, SampleWindow window, WindowFunction function, double[][] parameters) {
    this.shape = shape;
    this.window = window;
    this.function = function;
    this.parameters = parameters;
    this.atStep = new double[parameters.length];
  }

  @Override
  public long run(SampleColumns in, Labels labels, Column out) {
    window.load(in, labels);
    Grid grid = shape.grid();
    long looked = 0;
    out.clear();
    for (int step = 0; step < grid.count(); step++) {
      long time = grid.time(step);
      long end = shape.when().from(time);
      window.move(time, end, end - shape.rangeMillis() - shape.before(), end + shape.after());
      int size = window.size();
      if (size == 0) {
        continue;
      }
      looked += size;
      if (step < shape.perStep().length()) {
        shape.perStep().addAndGet(step, size);
      }
      for (int i = 0; i < parameters.length; i++) {
        atStep[i] = parameters[i][step];
      }
      function.apply(window, atStep, out, step);
    }
    return looked;
  }
}
