package io.oriel.promql.eval;

import io.oriel.model.labels.LabelName;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.HistogramArithmetic;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.promql.Feature;
import io.oriel.promql.function.ExtrapolatedRate;
import io.oriel.promql.function.SampleWindow;
import io.oriel.promql.function.WindowFunction;
import io.oriel.promql.function.WindowFunctions;
import io.oriel.promql.parse.Expr.Edges;
import io.oriel.promql.parse.Expr.VectorSelector;
import io.oriel.promql.parse.TimeShift;
import io.oriel.promql.plan.PlanNode.Repeat;
import io.oriel.promql.plan.PlanNode.Select;
import io.oriel.promql.plan.PlanNode.When;
import io.oriel.promql.plan.PlanNode.Window;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;
import java.util.List;
import java.util.function.Supplier;

/// Turns selectors and range functions over them into sources of columns.
final class Selectors {
  private final Execution execution;
  private final Evaluator evaluator;
  private final boolean delayed;

  Selectors(Execution execution, Evaluator evaluator) {
    this.execution = execution;
    this.evaluator = evaluator;
    this.delayed = execution.has(Feature.DELAYED_NAME_REMOVAL);
  }

  VectorSource instant(Select select, Grid grid, InstantKernel.Part part) {
    VectorSelector selector = select.selector();
    boolean smoothed = selector.edges() == Edges.SMOOTHED;
    long lookback = execution.limits().lookbackMillis();
    Supplier<Kernel> kernel =
        () -> new InstantKernel(grid, select.when(), lookback, part, execution.perStep(grid));
    if (smoothed) {
      kernel =
          () -> {
            SampleWindow window =
                new SampleWindow(
                    execution.annotations(), select.source(), 0, Edges.SMOOTHED, false);
            return new SmoothKernel(grid, select.when(), lookback, window);
          };
    }
    long after = smoothed ? lookback : 0;
    SelectHints hints = hints(grid, select.when(), lookback, after, "");
    return new StorageSource(execution, hints, selector.matchers(), kernel, grid.count(), false);
  }

  /// Info series, each step the time of its newest sample in milliseconds.
  VectorSource info(List<Matcher> matchers, When when, Grid grid) {
    long lookback = execution.limits().lookbackMillis();
    return new StorageSource(
        execution,
        hints(grid, when, lookback, 0, "info"),
        matchers,
        () ->
            new InstantKernel(
                grid, when, lookback, InstantKernel.Part.TIME_MILLIS, execution.perStep(grid)),
        grid.count(),
        false);
  }

  private static SelectHints hints(Grid grid, When when, long before, long after, String function) {
    return new SelectHints(
        when.from(grid.startMillis()) - before + 1,
        when.from(grid.endMillis()) + after,
        grid.stepMillis(),
        0,
        function,
        List.of(),
        false,
        0,
        true);
  }

  /// A range function over a selector.
  VectorSource range(String name, Window window, double[][] parameters, Grid grid) {
    VectorSelector selector = window.selector();
    WindowFunctions.checkEdges(name, selector.edges());
    long lookback = execution.limits().lookbackMillis();
    WindowKernel.Shape shape =
        WindowKernel.Shape.of(
            grid,
            window.when(),
            window.rangeMillis(),
            selector.edges(),
            lookback,
            execution.perStep(grid));
    Supplier<Kernel> kernels = () -> kernel(name, window, shape, parameters);
    SelectHints hints =
        hints(grid, window.when(), shape.rangeMillis() + shape.before(), shape.after(), name);
    boolean dropped = !WindowFunctions.keepsName(name);
    VectorSource source =
        new StorageSource(
            execution, hints, selector.matchers(), kernels, grid.count(), dropped && delayed);
    return finish(name, window, dropped, namesOneMetric(selector), source);
  }

  /// Notes on suspicious counters, and names that no longer fit.
  private VectorSource finish(
      String name, Window window, boolean dropped, boolean distinct, VectorSource source) {
    VectorSource noted = source;
    if (name.equals("rate") || name.equals("increase")) {
      CounterCheck check =
          new CounterCheck(
              execution.annotations(),
              window.source(),
              execution.has(Feature.TYPE_AND_UNIT_LABELS));
      noted = noted.map(check::note);
    }
    if (!dropped || delayed) {
      return noted;
    }
    Nameless nameless = new Nameless(noted);
    return distinct ? nameless : evaluator.distinct(nameless);
  }

  /// A source whose columns lose their names. Whoever does not look at names, and knows that the
  /// columns differ without them, may take {@link #source} and spare itself the copies of labels.
  record Nameless(VectorSource source) implements VectorSource {
    @Override
    public void drain(SinkFactory sinks) {
      source.map(column -> Stages.dropName(column, false)).drain(sinks);
    }
  }

  private static boolean namesOneMetric(VectorSelector selector) {
    return selector.matchers().stream()
        .anyMatch(
            matcher ->
                matcher.name().equals(LabelName.METRIC) && matcher.type() == Matcher.Type.EQUAL);
  }

  private Kernel kernel(
      String name, Window window, WindowKernel.Shape shape, double[][] parameters) {
    boolean starts =
        execution.has(Feature.USE_START_TIMESTAMPS) && WindowFunctions.usesStartTimes(name);
    SampleWindow samples =
        new SampleWindow(
            execution.annotations(),
            window.source(),
            window.rangeMillis(),
            window.selector().edges(),
            starts);
    WindowFunction function = WindowFunctions.of(name);
    WindowKernel general = new WindowKernel(shape, samples, function, parameters);
    if (window.selector().edges() != Edges.PLAIN) {
      return general;
    }
    return function instanceof ExtrapolatedRate rate
        ? new RateKernel(general, shape, rate, starts)
        : SlidingKernel.find(name, general, shape).orElse(general);
  }

  /// A range function over a subquery.
  VectorSource range(String name, Repeat repeat, double[][] parameters, Grid grid) {
    Grid inner = innerGrid(repeat, grid);
    VectorSource source = evaluator.vector(repeat.child(), inner);
    WindowKernel.Shape shape =
        WindowKernel.Shape.of(
            grid, repeat.when(), repeat.rangeMillis(), Edges.PLAIN, 0, execution.perStep(grid));
    boolean dropped = !WindowFunctions.keepsName(name);
    VectorSource result =
        sinks ->
            source.drain(
                () -> {
                  Sink sink = sinks.open();
                  SampleColumns samples = new SampleColumns();
                  SampleWindow window =
                      new SampleWindow(
                          execution.annotations(),
                          repeat.source(),
                          repeat.rangeMillis(),
                          Edges.PLAIN,
                          false);
                  WindowKernel general =
                      new WindowKernel(shape, window, WindowFunctions.of(name), parameters);
                  Kernel kernel = SlidingKernel.find(name, general, shape).orElse(general);
                  return column -> {
                    load(column, inner, samples);
                    Column out =
                        new Column(grid.count())
                            .labels(column.labels())
                            .ordinal(column.ordinal())
                            .nameDropped(column.isNameDropped() || (dropped && delayed));
                    kernel.run(samples, column.labels(), out);
                    if (!out.isEmpty()) {
                      sink.accept(out);
                    }
                    return false;
                  };
                });
    Window noted =
        new Window(
            new VectorSelector("", List.of(), TimeShift.NONE, Edges.PLAIN, repeat.source().span()),
            repeat.rangeMillis(),
            repeat.when(),
            repeat.source());
    return finish(name, noted, dropped, false, result);
  }

  /// The times a subquery is evaluated at: multiples of its step within all windows.
  Grid innerGrid(Repeat repeat, Grid grid) {
    long step =
        repeat.stepMillis() == 0 ? execution.limits().defaultStepMillis() : repeat.stepMillis();
    long from = repeat.when().from(grid.startMillis()) - repeat.rangeMillis();
    long start = (Math.floorDiv(from, step) + 1) * step;
    return Grid.between(start, repeat.when().from(grid.endMillis()), step);
  }

  /// The steps of {@code column} as samples. What is known about resets between samples does not
  /// hold between steps.
  static void load(Column column, Grid grid, SampleColumns into) {
    into.clear();
    for (int step = 0; step < grid.count(); step++) {
      NativeHistogram histogram = column.histogram(step);
      if (histogram != null) {
        boolean gauge = histogram.resetHint() == ResetHint.GAUGE;
        into.add(
            grid.time(step),
            gauge ? histogram : HistogramArithmetic.withHint(histogram, ResetHint.UNKNOWN));
      } else if (column.hasFloat(step)) {
        into.add(grid.time(step), column.value(step));
      }
    }
  }
}
