package io.oriel.promql.eval;

import io.oriel.model.error.OrielException;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.promql.Feature;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.parse.ValueType;
import io.oriel.promql.plan.PlanNode;
import io.oriel.promql.plan.PlanNode.Constant;
import io.oriel.promql.plan.PlanNode.Fold;
import io.oriel.promql.plan.PlanNode.Invariant;
import io.oriel.promql.plan.PlanNode.Invoke;
import io.oriel.promql.plan.PlanNode.Join;
import io.oriel.promql.plan.PlanNode.Negate;
import io.oriel.promql.plan.PlanNode.Select;
import io.oriel.promql.plan.PlanNode.Text;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/// Evaluates a plan series by series: each operator sees one column at a time, and only operators
/// that need all of them at once hold them.
public final class Evaluator {
  private final Execution execution;
  private final Selectors selectors;
  private final Calls calls;
  private final Shared shared;
  private final Profile profile;
  private final boolean delayed;

  public Evaluator(Execution execution, PlanNode root, Profile profile) {
    this.execution = execution;
    this.delayed = execution.has(Feature.DELAYED_NAME_REMOVAL);
    this.profile = profile;
    this.selectors = new Selectors(execution, this);
    this.calls = new Calls(execution, this, selectors);
    this.shared = new Shared(root);
  }

  /// The series of {@code node} over {@code grid}, by ordinal, with names cleaned up.
  public List<Column> columns(PlanNode node, Grid grid) {
    return Names.cleanUp(vector(node, grid).collect(execution));
  }

  /// The value of scalar {@code node} at every step.
  public double[] scalar(PlanNode node, Grid grid) {
    return switch (node) {
      case Constant constant -> Selections.constant(constant.value(), grid.count());
      case Invariant invariant -> {
        double[] once = scalar(invariant.child(), once(grid));
        yield Selections.constant(once.length == 0 ? 0 : once[0], grid.count());
      }
      case Negate negate -> {
        double[] values = scalar(negate.child(), grid);
        for (int i = 0; i < values.length; i++) {
          values[i] = -values[i];
        }
        yield values;
      }
      case Join join -> {
        double[] left = scalar(join.left(), grid);
        double[] right = scalar(join.right(), grid);
        for (int i = 0; i < left.length; i++) {
          left[i] = Operators.compute(join.operator(), left[i], right[i]);
        }
        yield left;
      }
      case Invoke invoke -> calls.scalar(invoke, grid);
      case Text _, Select _, PlanNode.Window _, PlanNode.Repeat _, Fold _ ->
          throw OrielException.bug("no scalar: " + node.source());
    };
  }

  /// The string that {@code node} is.
  static String text(PlanNode node) {
    if (node instanceof Text text) {
      return text.value();
    }
    throw OrielException.bug("no string: " + node.source());
  }

  /// The series of {@code node} over {@code grid}, as a stream.
  VectorSource vector(PlanNode node, Grid grid) {
    execution.check();
    if (grid.count() == 0) {
      return VectorSource.of(List.of());
    }
    if (shared.isShared(node)) {
      List<Column> columns =
          shared.get(node, grid, () -> profile.watch(node, source(node, grid)).collect(execution));
      return VectorSource.of(columns);
    }
    return profile.watch(node, source(node, grid));
  }

  private VectorSource source(PlanNode node, Grid grid) {
    return switch (node) {
      case Select select -> selectors.instant(select, grid, InstantKernel.Part.VALUE);
      case Invoke invoke -> calls.vector(invoke, grid);
      case Negate negate -> distinct(vector(negate.child(), grid).map(Stages.negate(delayed)));
      case Invariant invariant -> broadcast(vector(invariant.child(), once(grid)), grid);
      case Fold fold -> fold(fold, grid);
      case Join join -> join(join, grid);
      case Constant _, Text _, PlanNode.Window _, PlanNode.Repeat _ ->
          throw OrielException.bug("no vector: " + node.source());
    };
  }

  static Grid once(Grid grid) {
    return new Grid(grid.startMillis(), grid.stepMillis(), Math.min(1, grid.count()));
  }

  private static VectorSource broadcast(VectorSource source, Grid grid) {
    if (grid.count() == 1) {
      return source;
    }
    return sinks ->
        source.drain(
            () -> {
              Sink sink = sinks.open();
              return column -> {
                sink.accept(spread(column, grid.count()));
                return false;
              };
            });
  }

  private static Column spread(Column column, int steps) {
    Column wide =
        new Column(steps)
            .labels(column.labels())
            .nameDropped(column.isNameDropped())
            .ordinal(column.ordinal());
    Arrays.fill(wide.values(), column.value(0));
    NativeHistogram histogram = column.histogram(0);
    for (int i = 0; histogram != null && i < steps; i++) {
      wide.set(i, histogram);
    }
    return wide;
  }

  /// Joins series that lost what told them apart; with delayed name removal they have not yet.
  VectorSource distinct(VectorSource source) {
    return delayed ? source : collected(source, Names::merge);
  }

  /// What {@code change} makes of all columns of {@code source}.
  VectorSource collected(VectorSource source, UnaryOperator<List<Column>> change) {
    return sinks -> {
      List<Column> columns = source.collect(execution);
      List<Column> changed = change.apply(columns);
      execution.release(columns);
      VectorSource.of(changed).drain(sinks);
    };
  }

  private VectorSource fold(Fold fold, Grid grid) {
    Expr.Aggregate aggregate = fold.aggregate();
    VectorSource input = vector(fold.vector(), grid);
    int steps = grid.count();
    Selections selections = new Selections(aggregate, execution.annotations());
    PlanNode first = fold.arguments().getFirst();
    return switch (aggregate.operator()) {
      case SUM, AVG, COUNT, GROUP, MIN, MAX, STDDEV, STDVAR ->
          new FoldSource(
              input, aggregate, () -> FoldSource.state(aggregate, execution, steps), steps);
      case TOPK, BOTTOMK -> {
        double[] k = scalar(first, grid);
        yield collected(input, columns -> selections.best(columns, k));
      }
      case LIMITK -> {
        double[] k = scalar(first, grid);
        yield collected(input, columns -> selections.limit(columns, k));
      }
      case LIMIT_RATIO -> {
        double[] ratio = scalar(first, grid);
        yield collected(input, columns -> selections.sample(columns, ratio));
      }
      case QUANTILE -> {
        double[] q = scalar(first, grid);
        yield collected(input, columns -> selections.quantile(columns, q));
      }
      case COUNT_VALUES ->
          collected(input, columns -> selections.countValues(columns, text(first), steps));
    };
  }

  private VectorSource join(Join join, Grid grid) {
    Expr.Binary binary = join.binary();
    boolean leftScalar = binary.left().type() == ValueType.SCALAR;
    boolean rightScalar = binary.right().type() == ValueType.SCALAR;
    if (leftScalar || rightScalar) {
      double[] scalar = scalar(leftScalar ? join.left() : join.right(), grid);
      VectorSource vector = vector(leftScalar ? join.right() : join.left(), grid);
      return distinct(
          vector.map(
              Stages.scalarOperation(
                  binary, scalar, leftScalar, execution.annotations(), delayed)));
    }
    return sinks -> {
      List<Column> left = vector(join.left(), grid).collect(execution);
      List<Column> right = vector(join.right(), grid).collect(execution);
      List<Column> result;
      if (binary.operator().isSet()) {
        result = new SetJoin(binary, grid.count()).join(left, right);
      } else {
        result = new VectorJoin(binary, execution, delayed, grid.count()).join(left, right);
      }
      execution.release(left);
      execution.release(right);
      VectorSource.of(result).drain(sinks);
    };
  }
}
