package io.oriel.promql.eval;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.number.GoFloat;
import io.oriel.promql.Feature;
import io.oriel.promql.function.MathFunctions;
import io.oriel.promql.function.NativeQuantile;
import io.oriel.promql.parse.Expr.VectorSelector;
import io.oriel.promql.plan.PlanNode;
import io.oriel.promql.plan.PlanNode.Invariant;
import io.oriel.promql.plan.PlanNode.Invoke;
import io.oriel.promql.plan.PlanNode.Repeat;
import io.oriel.promql.plan.PlanNode.Select;
import io.oriel.promql.plan.PlanNode.When;
import io.oriel.promql.plan.PlanNode.Window;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/// Function calls.
final class Calls {
  private final Execution execution;
  private final Evaluator evaluator;
  private final Selectors selectors;
  private final boolean delayed;

  Calls(Execution execution, Evaluator evaluator, Selectors selectors) {
    this.execution = execution;
    this.evaluator = evaluator;
    this.selectors = selectors;
    this.delayed = execution.has(Feature.DELAYED_NAME_REMOVAL);
  }

  double[] scalar(Invoke call, Grid grid) {
    double[] result = new double[grid.count()];
    switch (call.name()) {
      case "time" -> {
        for (int i = 0; i < result.length; i++) {
          result[i] = grid.time(i) / 1000.0;
        }
      }
      case "pi" -> Arrays.fill(result, Math.PI);
      case "max_of", "min_of" -> {
        double[] a = evaluator.scalar(call.arguments().get(0), grid);
        double[] b = evaluator.scalar(call.arguments().get(1), grid);
        boolean max = call.name().equals("max_of");
        for (int i = 0; i < result.length; i++) {
          result[i] = max ? Math.max(a[i], b[i]) : Math.min(a[i], b[i]);
        }
      }
      case "scalar" -> {
        return only(evaluator.vector(call.arguments().getFirst(), grid), grid.count());
      }
      default -> throw OrielException.bug("no scalar function " + call.name());
    }
    return result;
  }

  /// The one float at each step; NaN where there is none or more than one.
  private double[] only(VectorSource vector, int steps) {
    double[] values = new double[steps];
    int[] count = new int[steps];
    vector.drain(
        () ->
            column -> {
              synchronized (count) {
                for (int i = 0; i < steps; i++) {
                  if (column.hasFloat(i)) {
                    count[i]++;
                    values[i] = column.value(i);
                  }
                }
              }
              return false;
            });
    for (int i = 0; i < steps; i++) {
      values[i] = count[i] == 1 ? values[i] : Double.NaN;
    }
    return values;
  }

  VectorSource vector(Invoke call, Grid grid) {
    Optional<PlanNode> range = call.arguments().stream().filter(Calls::isRange).findFirst();
    if (range.isPresent()) {
      return overRange(call, range.get(), grid);
    }
    Optional<DoubleUnaryOperator> math = MathFunctions.find(call.name());
    if (math.isPresent()) {
      return floats(call, grid, math.get());
    }
    Optional<DoubleUnaryOperator> calendar = MathFunctions.findCalendar(call.name());
    if (calendar.isPresent()) {
      return call.arguments().isEmpty()
          ? clock(grid, calendar.get())
          : floats(call, grid, calendar.get());
    }
    return named(call, grid);
  }

  private static boolean isRange(PlanNode node) {
    return node instanceof Window || node instanceof Repeat;
  }

  private VectorSource floats(Invoke call, Grid grid, DoubleUnaryOperator function) {
    VectorSource vector = evaluator.vector(call.arguments().getFirst(), grid);
    return evaluator.distinct(vector.map(Stages.floats(function, delayed)));
  }

  private static VectorSource clock(Grid grid, DoubleUnaryOperator function) {
    Column column = new Column(grid.count());
    for (int i = 0; i < grid.count(); i++) {
      column.values()[i] = function.applyAsDouble((double) Math.floorDiv(grid.time(i), 1000));
    }
    return VectorSource.of(List.of(column));
  }

  private VectorSource overRange(Invoke call, PlanNode range, Grid grid) {
    double[][] parameters =
        call.arguments().stream()
            .filter(node -> !isRange(node))
            .map(node -> evaluator.scalar(node, grid))
            .toArray(double[][]::new);
    VectorSource result =
        range instanceof Window window
            ? selectors.range(call.name(), window, parameters, grid)
            : selectors.range(call.name(), (Repeat) range, parameters, grid);
    if (!call.name().equals("absent_over_time")) {
      return result;
    }
    List<Matcher> matchers =
        range instanceof Window window ? window.selector().matchers() : List.of();
    return absent(result, matchers, grid.count());
  }

  /// One where nothing is there.
  private VectorSource absent(VectorSource vector, List<Matcher> matchers, int steps) {
    return sinks -> {
      boolean[] present = new boolean[steps];
      vector.drain(
          () ->
              column -> {
                synchronized (present) {
                  for (int i = 0; i < steps; i++) {
                    present[i] |= column.isPresent(i);
                  }
                }
                return false;
              });
      Column column = new Column(steps).clear().labels(equalities(matchers));
      for (int i = 0; i < steps; i++) {
        if (!present[i]) {
          column.set(i, 1);
        }
      }
      if (!column.isEmpty()) {
        sinks.open().accept(column);
      }
    };
  }

  /// The labels that a selector says series must have, each at most once.
  private static Labels equalities(List<Matcher> matchers) {
    LabelsBuilder labels = new LabelsBuilder();
    Set<String> seen = new HashSet<>();
    for (Matcher matcher : matchers) {
      if (matcher.name().equals(LabelName.METRIC)) {
        continue;
      }
      if (matcher.type() == Matcher.Type.EQUAL && seen.add(matcher.name())) {
        labels.set(matcher.name(), matcher.value());
      } else {
        labels.remove(matcher.name());
      }
    }
    return labels.build();
  }

  private VectorSource named(Invoke call, Grid grid) {
    PlanNode first = call.arguments().getFirst();
    return switch (call.name()) {
      case "vector" -> {
        Column column = new Column(grid.count());
        System.arraycopy(evaluator.scalar(first, grid), 0, column.values(), 0, grid.count());
        yield VectorSource.of(List.of(column));
      }
      case "absent" -> {
        PlanNode inner = first instanceof Invariant invariant ? invariant.child() : first;
        List<Matcher> matchers =
            inner instanceof Select select ? select.selector().matchers() : List.of();
        yield absent(evaluator.vector(first, grid), matchers, grid.count());
      }
      case "timestamp" -> time(first, grid, InstantKernel.Part.TIME);
      case "start_timestamp" ->
          execution.has(Feature.USE_START_TIMESTAMPS) && isSelect(first)
              ? time(first, grid, InstantKernel.Part.START_TIME)
              : VectorSource.of(List.of());
      case "clamp", "clamp_min", "clamp_max", "round" -> bounded(call, grid);
      case "histogram_count" -> histograms(first, grid, NativeHistogram::count);
      case "histogram_sum" -> histograms(first, grid, NativeHistogram::sum);
      case "histogram_avg" -> histograms(first, grid, h -> h.sum() / h.count());
      case "histogram_stdvar" -> histograms(first, grid, NativeQuantile::variance);
      case "histogram_stddev" ->
          histograms(first, grid, h -> Math.sqrt(NativeQuantile.variance(h)));
      case "histogram_quantile", "histogram_quantiles", "histogram_fraction" ->
          estimate(call, grid);
      case "label_replace" -> labels(call, grid, LabelCall::replace);
      case "label_join" -> labels(call, grid, LabelCall::join);
      case "info" -> info(call, grid);
      case "sort", "sort_desc", "sort_by_label", "sort_by_label_desc" -> sort(call, grid);
      default -> throw OrielException.bug("no function " + call.name());
    };
  }

  private static boolean isSelect(PlanNode node) {
    return node instanceof Select
        || (node instanceof Invariant invariant && invariant.child() instanceof Select);
  }

  /// The time of each sample: of a selector those in storage, else the evaluation time.
  private VectorSource time(PlanNode argument, Grid grid, InstantKernel.Part part) {
    PlanNode inner = argument instanceof Invariant invariant ? invariant.child() : argument;
    VectorSource source;
    if (inner instanceof Select select) {
      source = selectors.instant(select, grid, part);
    } else {
      source =
          evaluator
              .vector(argument, grid)
              .map(
                  column -> {
                    for (int i = 0; i < column.steps(); i++) {
                      if (column.isPresent(i)) {
                        column.set(i, grid.time(i) / 1000.0);
                      }
                    }
                  });
    }
    return evaluator.distinct(source.map(column -> Stages.dropName(column, delayed)));
  }

  private VectorSource bounded(Invoke call, Grid grid) {
    int steps = grid.count();
    List<double[]> bounds =
        call.arguments().stream().skip(1).map(node -> evaluator.scalar(node, grid)).toList();
    VectorSource vector = evaluator.vector(call.arguments().getFirst(), grid);
    VectorSource.Stage stage =
        switch (call.name()) {
          case "round" ->
              Stages.round(
                  bounds.isEmpty() ? Selections.constant(1, steps) : bounds.getFirst(), delayed);
          case "clamp" -> Stages.clamp(bounds.get(0), bounds.get(1), delayed);
          case "clamp_min" ->
              Stages.clamp(
                  bounds.getFirst(), Selections.constant(Double.POSITIVE_INFINITY, steps), delayed);
          default ->
              Stages.clamp(
                  Selections.constant(Double.NEGATIVE_INFINITY, steps), bounds.getFirst(), delayed);
        };
    return evaluator.distinct(vector.map(stage));
  }

  private VectorSource histograms(
      PlanNode argument, Grid grid, ToDoubleFunction<NativeHistogram> function) {
    return evaluator.distinct(
        evaluator.vector(argument, grid).map(Stages.histograms(function, delayed)));
  }

  private VectorSource estimate(Invoke call, Grid grid) {
    List<PlanNode> arguments = call.arguments();
    if (call.name().equals("histogram_quantiles")) {
      return quantiles(call, grid);
    }
    PlanNode vector = arguments.getLast();
    HistogramCall histograms = new HistogramCall(execution, grid, vector.source());
    double[] first = evaluator.scalar(arguments.getFirst(), grid);
    HistogramCall.Estimate estimate;
    if (call.name().equals("histogram_fraction")) {
      estimate = HistogramCall.fraction(first, evaluator.scalar(arguments.get(1), grid));
    } else {
      histograms.checkQuantile(first, arguments.getFirst().source());
      estimate = HistogramCall.quantile(first);
    }
    return evaluator.collected(
        evaluator.vector(vector, grid), columns -> histograms.compute(columns, estimate));
  }

  private VectorSource quantiles(Invoke call, Grid grid) {
    PlanNode vector = call.arguments().getFirst();
    String label = Evaluator.text(call.arguments().get(1));
    HistogramCall histograms = new HistogramCall(execution, grid, vector.source());
    return evaluator.collected(
        evaluator.vector(vector, grid),
        columns -> {
          List<Column> all = new ArrayList<>();
          for (PlanNode node : call.arguments().subList(2, call.arguments().size())) {
            double[] q = evaluator.scalar(node, grid);
            histograms.checkQuantile(q, node.source());
            for (Column column : histograms.compute(columns, HistogramCall.quantile(q))) {
              spreadByQuantile(column, label, q, all);
            }
          }
          List<Column> merged = Names.merge(all);
          for (int i = 0; i < merged.size(); i++) {
            merged.get(i).ordinal(i);
          }
          return merged;
        });
  }

  /// The quantile may differ from step to step, and is a label of the result.
  private static void spreadByQuantile(Column column, String label, double[] q, List<Column> into) {
    for (int from = 0; from < q.length; ) {
      int to = from;
      Column part = column.sibling();
      while (to < q.length && Double.compare(q[to], q[from]) == 0) {
        part.copy(column, to++);
      }
      part.labels(column.labels().with(label, openMetrics(q[from])));
      if (!part.isEmpty()) {
        into.add(part);
      }
      from = to;
    }
  }

  /// A float as OpenMetrics writes it in labels: with a decimal point.
  private static String openMetrics(double value) {
    String text = GoFloat.formatShort(value);
    return text.matches("[-+]?[0-9]+") ? text + ".0" : text;
  }

  private interface LabelChange {
    void apply(List<Column> columns, List<String> arguments);
  }

  private VectorSource labels(Invoke call, Grid grid, LabelChange change) {
    List<String> arguments = call.arguments().stream().skip(1).map(Evaluator::text).toList();
    return evaluator.collected(
        evaluator.vector(call.arguments().getFirst(), grid),
        columns -> {
          change.apply(columns, arguments);
          return Names.merge(columns);
        });
  }

  private VectorSource sort(Invoke call, Grid grid) {
    if (grid.count() > 1) {
      execution
          .annotations()
          .warn(
              call.source(),
              "sort is ineffective for range queries since results are always ordered by labels");
    }
    VectorSource vector = evaluator.vector(call.arguments().getFirst(), grid);
    boolean descending = call.name().endsWith("_desc");
    if (call.name().startsWith("sort_by_label")) {
      List<String> names = call.arguments().stream().skip(1).map(Evaluator::text).toList();
      return evaluator.collected(vector, columns -> Sorting.byLabels(columns, names, descending));
    }
    return evaluator.collected(vector, columns -> Sorting.byValue(columns, descending));
  }

  private VectorSource info(Invoke call, Grid grid) {
    PlanNode base = call.arguments().getFirst();
    List<Matcher> matchers = List.of();
    if (call.arguments().size() > 1) {
      PlanNode second = call.arguments().get(1);
      matchers =
          second.source() instanceof VectorSelector selector ? selector.matchers() : List.of();
    }
    InfoCall info = new InfoCall(matchers, grid.count());
    When when = infoTime(base);
    return evaluator.collected(
        evaluator.vector(base, grid),
        columns -> {
          List<Matcher> selection = info.selection(columns);
          List<Column> series =
              selection.isEmpty()
                  ? List.of()
                  : selectors.info(selection, when, grid).collect(execution);
          List<Column> result = info.combine(columns, series);
          execution.release(series);
          return result;
        });
  }

  /// When info series are looked at: at the time that the first selector looks at.
  private static When infoTime(PlanNode node) {
    return times(node).findFirst().orElse(new When(false, 0, 0));
  }

  private static Stream<When> times(PlanNode node) {
    return switch (node) {
      case Select select -> Stream.of(select.when());
      case Window window -> Stream.of(window.when());
      case Repeat repeat ->
          times(repeat.child())
              .map(
                  inner ->
                      inner.fixed()
                          ? inner
                          : new When(
                              repeat.when().fixed(),
                              repeat.when().atMillis(),
                              inner.offsetMillis() + repeat.when().offsetMillis()));
      case PlanNode other -> other.children().stream().flatMap(Calls::times);
    };
  }
}
