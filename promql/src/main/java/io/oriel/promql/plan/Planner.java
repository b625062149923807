package io.oriel.promql.plan;

import io.oriel.promql.parse.Expr;
import io.oriel.promql.parse.Expr.MatrixSelector;
import io.oriel.promql.parse.Expr.VectorSelector;
import io.oriel.promql.parse.TimeShift;
import io.oriel.promql.plan.PlanNode.Constant;
import io.oriel.promql.plan.PlanNode.Fold;
import io.oriel.promql.plan.PlanNode.Invariant;
import io.oriel.promql.plan.PlanNode.Invoke;
import io.oriel.promql.plan.PlanNode.Join;
import io.oriel.promql.plan.PlanNode.Negate;
import io.oriel.promql.plan.PlanNode.Repeat;
import io.oriel.promql.plan.PlanNode.Select;
import io.oriel.promql.plan.PlanNode.Text;
import io.oriel.promql.plan.PlanNode.When;
import io.oriel.promql.plan.PlanNode.Window;
import io.oriel.promql.value.Grid;
import java.util.List;
import java.util.Set;

/// Turns a checked expression into a plan for given evaluation times.
public final class Planner {
  /** Functions of the evaluation time itself, or of the time of a result. */
  private static final Set<String> TIME_DEPENDENT =
      Set.of(
          "days_in_month day_of_month day_of_week day_of_year hour minute month year predict_linear time timestamp"
              .split(" "));

  private final Grid grid;
  private final Durations durations;

  private Planner(Grid grid) {
    this.grid = grid;
    long range = grid.endMillis() - grid.startMillis();
    this.durations = new Durations(grid.stepMillis(), range);
  }

  /// The plan of {@code expr} on {@code grid}.
  ///
  /// @throws io.oriel.model.error.OrielException of kind INVALID when a duration expression has no
  ///   usable value
  public static PlanNode plan(Expr expr, Grid grid) {
    Planner planner = new Planner(grid);
    PlanNode node = planner.node(expr);
    return isInvariant(node) ? wrap(node) : node;
  }

  private PlanNode node(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral literal -> new Constant(literal.value(), literal);
      case Expr.StringLiteral literal -> new Text(literal.value(), literal);
      case VectorSelector selector -> new Select(selector, when(selector.shift()), selector);
      case MatrixSelector matrix ->
          new Window(
              matrix.selector(),
              durations.positive(matrix.range()),
              when(matrix.selector().shift()),
              matrix);
      case Expr.Subquery subquery -> {
        PlanNode child = node(subquery.expr());
        yield new Repeat(
            isInvariant(child) ? wrap(child) : child,
            durations.positive(subquery.range()),
            subquery.step().isNone() ? 0 : durations.positive(subquery.step()),
            when(subquery.shift()),
            subquery);
      }
      case Expr.Paren paren -> node(paren.expr());
      case Expr.Unary unary -> {
        PlanNode child = node(unary.expr());
        yield unary.minus() ? new Negate(child, unary) : child;
      }
      case Expr.Binary binary -> join(binary);
      case Expr.Call call -> call(call);
      case Expr.Aggregate aggregate -> {
        List<PlanNode> arguments = aggregate.arguments().stream().map(this::node).toList();
        yield new Fold(aggregate, arguments);
      }
    };
  }

  private PlanNode join(Expr.Binary binary) {
    PlanNode left = node(binary.left());
    PlanNode right = node(binary.right());
    if (isInvariant(left) && isInvariant(right)) {
      return new Join(binary, left, right);
    }
    return new Join(
        binary, isInvariant(left) ? wrap(left) : left, isInvariant(right) ? wrap(right) : right);
  }

  private PlanNode call(Expr.Call call) {
    double range = (grid.endMillis() - grid.startMillis()) / 1000.0;
    return switch (call.function().name()) {
      case "start" -> new Constant(grid.startMillis() / 1000.0, call);
      case "end" -> new Constant(grid.endMillis() / 1000.0, call);
      case "range" -> new Constant(range, call);
      case "step" -> new Constant(range == 0 ? 0 : grid.stepMillis() / 1000.0, call);
      default -> invoke(call);
    };
  }

  private PlanNode invoke(Expr.Call call) {
    List<PlanNode> arguments = call.arguments().stream().map(this::node).toList();
    Invoke whole = new Invoke(call.function(), arguments, call);
    if (isInvariant(whole)) {
      return whole;
    }
    List<PlanNode> wrapped =
        arguments.stream().map(node -> isInvariant(node) ? wrap(node) : node).toList();
    return new Invoke(call.function(), wrapped, call);
  }

  /// Constants, strings and windows need no wrapping: they are cheap, or handle it themselves.
  private static PlanNode wrap(PlanNode node) {
    return switch (node) {
      case Constant _, Text _, Window _, Repeat _, Invariant _ -> node;
      case Select _, Invoke _, Fold _, Join _, Negate _ -> new Invariant(node);
    };
  }

  private static boolean isInvariant(PlanNode node) {
    return switch (node) {
      case Constant _, Text _, Invariant _ -> true;
      case Select select -> select.when().fixed();
      case Window window -> window.when().fixed();
      case Repeat repeat -> repeat.when().fixed();
      case Negate negate -> isInvariant(negate.child());
      case Join join -> isInvariant(join.left()) && isInvariant(join.right());
      case Fold fold -> fold.arguments().stream().allMatch(Planner::isInvariant);
      case Invoke invoke ->
          invoke.arguments().stream().allMatch(Planner::isInvariant)
              && (!TIME_DEPENDENT.contains(invoke.name()) || isSampleTime(invoke));
    };
  }

  /// `timestamp(selector @ …)` is the time of a sample and so does not vary.
  private static boolean isSampleTime(Invoke invoke) {
    return invoke.name().equals("timestamp") && invoke.arguments().getFirst() instanceof Select;
  }

  private When when(TimeShift shift) {
    long offset = shift.offset().isNone() ? 0 : durations.any(shift.offset());
    return switch (shift.at().kind()) {
      case EVALUATION -> new When(false, 0, offset);
      case FIXED -> new When(true, shift.at().millis(), offset);
      case START -> new When(true, grid.startMillis(), offset);
      case END -> new When(true, grid.endMillis(), offset);
    };
  }
}
