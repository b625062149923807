package io.oriel.promql;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Querier;
import io.oriel.model.series.Queryable;
import io.oriel.promql.eval.Evaluator;
import io.oriel.promql.eval.Execution;
import io.oriel.promql.eval.Execution.Limits;
import io.oriel.promql.eval.Profile;
import io.oriel.promql.eval.RangeSamples;
import io.oriel.promql.eval.TimeRange;
import io.oriel.promql.function.Annotations;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.plan.PlanNode;
import io.oriel.promql.plan.PlanNode.Text;
import io.oriel.promql.plan.Planner;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;
import io.oriel.promql.value.Value;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A query ready to run, once. {@link #cancel} may be called from any thread.
public final class Query {
  private final QueryEngine engine;
  private final Queryable source;
  private final String text;
  private final Expr expr;
  private final Grid grid;
  private final QueryOptions options;
  private final long startNanos;
  private volatile @Nullable Execution execution;
  private volatile boolean cancelled;

  Query(
      QueryEngine engine,
      Queryable source,
      String text,
      Expr expr,
      Grid grid,
      QueryOptions options) {
    this.engine = engine;
    this.source = source;
    this.text = text;
    this.expr = expr;
    this.grid = grid;
    this.options = options;
    this.startNanos = engine.nanos().getAsLong();
  }

  /// The parsed expression.
  public Expr expression() {
    return expr;
  }

  /// The plan as an indented tree, without running it.
  public String explain() {
    return Profile.off().describe(Planner.plan(expr, grid));
  }

  /// Makes {@link #run} stop soon, with kind CANCELLED.
  public void cancel() {
    cancelled = true;
    Execution running = execution;
    if (running != null) {
      running.cancel();
    }
  }

  RunningQuery describe(long id, long nowNanos) {
    Execution running = execution;
    return new RunningQuery(
        id,
        text,
        nowNanos - startNanos,
        running == null,
        running == null ? 0 : running.peakBytes());
  }

  /// Runs the query on this thread.
  ///
  /// @throws OrielException of kind INVALID when it cannot be evaluated, LIMITED when it passes a
  ///   limit, TIMEOUT or CANCELLED when it was stopped, UNAVAILABLE when storage fails
  public QueryResult run() {
    long id = engine.register(this);
    try {
      long begin = engine.nanos().getAsLong();
      long deadline = begin + timeout().toNanos();
      await(deadline - begin);
      try {
        return runNow(begin, deadline);
      } finally {
        engine.slots().release();
      }
    } finally {
      engine.unregister(id);
    }
  }

  private Duration timeout() {
    Duration most = engine.options().timeout();
    boolean own = !options.timeout().isZero() && options.timeout().compareTo(most) < 0;
    return own ? options.timeout() : most;
  }

  private void await(long patienceNanos) {
    try {
      if (!engine.slots().tryAcquire(patienceNanos, TimeUnit.NANOSECONDS)) {
        throw new OrielException(Kind.TIMEOUT, "query timed out in query queue");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OrielException(Kind.CANCELLED, "query was canceled in query queue", e);
    }
  }

  private QueryResult runNow(long begin, long deadline) {
    long prepare = engine.nanos().getAsLong();
    PlanNode plan = Planner.plan(expr, grid);
    Limits limits = limits(deadline);
    TimeRange range = TimeRange.of(plan, grid, limits);
    Annotations annotations = new Annotations(text);
    Profile profile = options.analyze() ? Profile.on(engine.nanos()) : Profile.off();
    try (Querier querier = source.querier(range.minMillis(), range.maxMillis())) {
      Execution run =
          new Execution(
              querier,
              limits,
              engine.options().features(),
              engine.workers(),
              annotations,
              engine.nanos(),
              grid);
      execution = run;
      if (cancelled) {
        run.cancel();
      }
      long evaluate = engine.nanos().getAsLong();
      Value value = value(plan, run, profile);
      long end = engine.nanos().getAsLong();
      QueryStats stats =
          new QueryStats(
              prepare - begin,
              evaluate - prepare,
              end - evaluate,
              run.totalSamples(),
              run.peakSamples(),
              run.peakBytes(),
              run.seriesRead(),
              perStep(run));
      return new QueryResult(
          value, annotations.all(), stats, options.analyze() ? profile.describe(plan) : "");
    } catch (IOException e) {
      throw new OrielException(Kind.UNAVAILABLE, "opening storage: " + e.getMessage(), e);
    }
  }

  private Limits limits(long deadline) {
    EngineOptions ours = engine.options();
    Duration lookback = options.lookback().isZero() ? ours.lookback() : options.lookback();
    return new Limits(
        lookback.toMillis(),
        ours.defaultStep().toMillis(),
        ours.maxSamples(),
        ours.maxBytes(),
        deadline);
  }

  private List<Long> perStep(Execution run) {
    List<Long> counts = new ArrayList<>();
    if (engine.options().features().contains(Feature.PER_STEP_STATS)) {
      for (int i = 0; i < grid.count(); i++) {
        counts.add(run.samplesAt(i));
      }
    }
    return counts;
  }

  private Value value(PlanNode plan, Execution run, Profile profile) {
    Evaluator evaluator = new Evaluator(run, plan, profile);
    boolean instant = grid.stepMillis() == 0;
    return switch (expr.type()) {
      case SCALAR -> {
        double[] values = evaluator.scalar(plan, grid);
        yield instant
            ? new Value.Scalar(grid.startMillis(), values[0])
            : new Value.RangeMatrix(grid, List.of(column(values)));
      }
      case STRING ->
          new Value.Text(grid.startMillis(), plan instanceof Text text ? text.value() : "");
      case VECTOR -> {
        List<Column> columns = evaluator.columns(plan, grid);
        yield instant
            ? new Value.InstantVector(grid.startMillis(), columns)
            : new Value.RangeMatrix(grid, sorted(columns));
      }
      case MATRIX -> new Value.SampleMatrix(new RangeSamples(run, evaluator).of(plan, grid));
    };
  }

  private static Column column(double[] values) {
    Column column = new Column(values.length).labels(Labels.empty());
    System.arraycopy(values, 0, column.values(), 0, values.length);
    return column;
  }

  private static List<Column> sorted(List<Column> columns) {
    List<Column> sorted = new ArrayList<>(columns);
    sorted.sort(Comparator.comparing(Column::labels));
    return sorted;
  }
}
