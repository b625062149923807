package io.oriel.promql;

import io.oriel.model.error.OrielException;
import io.oriel.model.series.Queryable;
import io.oriel.promql.check.TypeCheck;
import io.oriel.promql.eval.Execution.Workers;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.parse.Parser;
import io.oriel.promql.parse.ValueType;
import io.oriel.promql.value.Grid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Answers PromQL over anything that is a {@link Queryable}. Thread-safe.
///
/// A query runs on the thread that calls {@link Query#run}, with help from the workers; at most
/// {@link EngineOptions#maxConcurrent} run at once, the others wait in order.
public final class QueryEngine {
  private final EngineOptions options;
  private final Workers workers;
  private final LongSupplier nanos;
  private final Semaphore slots;
  private final Map<Long, Query> queries = new ConcurrentSkipListMap<>();
  private final AtomicLong ids = new AtomicLong();

  /// @param nanos a clock for durations, such as `System::nanoTime`
  public QueryEngine(EngineOptions options, Workers workers, LongSupplier nanos) {
    this.options = options;
    this.workers = workers;
    this.nanos = nanos;
    this.slots = new Semaphore(options.maxConcurrent(), true);
  }

  public EngineOptions options() {
    return options;
  }

  /// The expression that {@code query} is, its types checked.
  ///
  /// @throws io.oriel.promql.parse.ParseException when it is none
  public Expr parse(String query) {
    Expr expr = Parser.parse(query, options.features());
    TypeCheck.check(expr, query);
    return expr;
  }

  /// A query at one time.
  ///
  /// @throws io.oriel.promql.parse.ParseException when {@code query} is not PromQL
  public Query instant(Queryable source, String query, long timeMillis, QueryOptions queryOptions) {
    return new Query(this, source, query, parse(query), new Grid(timeMillis, 0, 1), queryOptions);
  }

  /// A query at many times: from the start of {@code grid} to its end.
  ///
  /// @throws OrielException of kind INVALID when {@code query} is not PromQL, or is of a type that
  ///   has no value per step
  public Query range(Queryable source, String query, Grid grid, QueryOptions queryOptions) {
    Expr expr = parse(query);
    if (expr.type() != ValueType.VECTOR && expr.type() != ValueType.SCALAR) {
      throw OrielException.invalid(
          "invalid expression type \""
              + expr.type().documented()
              + "\" for range query, must be Scalar or instant Vector");
    }
    return new Query(this, source, query, expr, grid, queryOptions);
  }

  /// The queries that wait or run now, oldest first.
  public List<RunningQuery> running() {
    long now = nanos.getAsLong();
    List<RunningQuery> running = new ArrayList<>();
    queries.forEach((id, query) -> running.add(query.describe(id, now)));
    return running;
  }

  /// Stops query {@code id}; false when there is none.
  public boolean cancel(long id) {
    Query query = queries.get(id);
    if (query == null) {
      return false;
    }
    query.cancel();
    return true;
  }

  Workers workers() {
    return workers;
  }

  LongSupplier nanos() {
    return nanos;
  }

  Semaphore slots() {
    return slots;
  }

  long register(Query query) {
    long id = ids.incrementAndGet();
    queries.put(id, query);
    return id;
  }

  void unregister(long id) {
    queries.remove(id);
  }
}
