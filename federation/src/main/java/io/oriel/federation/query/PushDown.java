package io.oriel.federation.query;

import io.oriel.federation.dedup.Deduplication;
import io.oriel.model.error.OrielException;
import io.oriel.model.series.Queryable;
import io.oriel.model.series.Warning;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.parse.Printer;
import io.oriel.promql.value.Grid;
import io.oriel.wire.storeapi.InfoResponse;
import io.oriel.wire.storeapi.PartialResponse;
import io.oriel.wire.storeapi.QueryRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/// Sends aggregations to where the series are, and merges what comes back.
///
/// It does so only when the answer is sure to be the same: every endpoint that can have something
/// serves queries, no series can be at two of them (their external labels, replica labels aside,
/// exclude one another), and all times are whole seconds, which is what the protocol can say. Which
/// parts of an expression qualify is {@link Distribution}'s matter. The part is replaced by a
/// selector of what the endpoints answered, under the aggregation that merges it, and the engine
/// evaluates the rest as always.
public final class PushDown {
  private final Supplier<List<Endpoint>> endpoints;
  private final Duration timeout;

  /// @param timeout how long an endpoint may take to answer
  public PushDown(Supplier<List<Endpoint>> endpoints, Duration timeout) {
    this.endpoints = endpoints;
    this.timeout = timeout;
  }

  /// A query of which parts are answered already.
  ///
  /// @param query what is left to evaluate
  /// @param source what to evaluate it over
  /// @param warnings of the endpoints, and about those that did not answer
  /// @param crossed what went over the network
  public record Prepared(
      String query, Queryable source, List<Warning> warnings, List<Crossing> crossed) {
    public Prepared {
      warnings = List.copyOf(warnings);
      crossed = List.copyOf(crossed);
    }

    /// What went over the network, one line per endpoint and part.
    public String explain() {
      StringBuilder text = new StringBuilder();
      for (Crossing crossing : crossed) {
        text.append(crossing.address())
            .append(": ")
            .append(crossing.query())
            .append(" -> ")
            .append(crossing.series())
            .append(" series, ")
            .append(crossing.bytes())
            .append(" bytes\n");
      }
      return text.append("here: ").append(query).append('\n').toString();
    }
  }

  /// What one endpoint was asked and how much it answered.
  public record Crossing(String address, String query, long series, long bytes) {}

  /// How to evaluate {@code expr}, after the endpoints have done their part; empty when it is
  /// better or only possible to fetch series.
  ///
  /// @param base where the series of what is left come from
  /// @param lookback of instant selectors; zero for the endpoints' own
  /// @throws OrielException of kind UNAVAILABLE when an endpoint does not answer and the scope says
  ///   ABORT
  public Optional<Prepared> prepare(
      Expr expr, Grid grid, QueryScope scope, Duration lookback, Queryable base)
      throws InterruptedException {
    List<Endpoint> asked =
        endpoints.get().stream().filter(each -> Selection.isInScope(each, scope)).toList();
    Optional<Distribution> distribution = Distribution.over(asked, scope.replicaLabels());
    if (distribution.isEmpty() || !isSayable(scope) || !isWholeSeconds(grid, lookback)) {
      return Optional.empty();
    }
    List<Expr.Aggregate> pushed = new ArrayList<>();
    Expr rest = distribution.get().rewrite(expr, pushed);
    if (pushed.isEmpty()) {
      return Optional.empty();
    }
    FanOut.Missing missing = new FanOut.Missing(scope.partialResponse());
    List<Endpoint> up = new ArrayList<>();
    for (Endpoint endpoint : asked) {
      if (endpoint.isUp()) {
        up.add(endpoint);
      } else {
        missing.note(endpoint, endpoint.lastError().orElse("not ready"));
      }
    }
    return Optional.of(gathered(new Parts(pushed, rest, grid, scope, lookback), up, missing, base));
  }

  private record Parts(
      List<Expr.Aggregate> pushed, Expr rest, Grid grid, QueryScope scope, Duration lookback) {}

  /// Whether the endpoints can be told to see what this scope sees: the protocol has no words for
  /// an algorithm of deduplication, nor for stores below an endpoint, nor for shards.
  private static boolean isSayable(QueryScope scope) {
    boolean merges =
        scope.replicaLabels().isEmpty() || scope.deduplication() == Deduplication.PENALTY;
    return merges && scope.storeMatchers().isEmpty() && !scope.shard().isSharded();
  }

  private static boolean isWholeSeconds(Grid grid, Duration lookback) {
    return grid.startMillis() % 1000 == 0
        && grid.stepMillis() % 1000 == 0
        && lookback.toMillis() % 1000 == 0
        && grid.count() > 0;
  }

  private Prepared gathered(Parts parts, List<Endpoint> up, FanOut.Missing missing, Queryable base)
      throws InterruptedException {
    Map<String, List<RemoteAnswer>> answers = new HashMap<>();
    List<Crossing> crossed = new ArrayList<>();
    List<Warning> warnings = new ArrayList<>();
    try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<RemoteAnswer>> futures = new ArrayList<>();
      for (Expr.Aggregate part : parts.pushed()) {
        QueryRequest request = request(Printer.print(part), parts);
        for (Endpoint endpoint : up) {
          futures.add(
              calls.submit(
                  () -> RemoteAnswer.fetch(endpoint.client().orElseThrow(), request, timeout)));
        }
      }
      for (int i = 0; i < futures.size(); i++) {
        Endpoint endpoint = up.get(i % up.size());
        int part = i / up.size();
        try {
          RemoteAnswer answer = futures.get(i).get();
          answers.computeIfAbsent(Integer.toString(part), _ -> new ArrayList<>()).add(answer);
          answer.warnings().forEach(text -> warnings.add(Warning.warning(text)));
          crossed.add(
              new Crossing(
                  endpoint.address(),
                  Printer.print(parts.pushed().get(part)),
                  answer.series().size(),
                  answer.bytes()));
        } catch (ExecutionException e) {
          missing.note(endpoint, e.getCause() == null ? e : e.getCause());
        }
      }
    }
    missing.warnings().stream().distinct().forEach(text -> warnings.add(Warning.warning(text)));
    return new Prepared(
        Printer.print(parts.rest()),
        new PushedQueryable(base, answers, parts.grid()),
        warnings,
        crossed);
  }

  private QueryRequest request(String query, Parts parts) {
    Grid grid = parts.grid();
    QueryScope scope = parts.scope();
    long start = grid.startMillis() / 1000;
    return new QueryRequest(
        query,
        start,
        grid.stepMillis() == 0 ? start : grid.endMillis() / 1000,
        grid.stepMillis() / 1000,
        timeout.toSeconds(),
        scope.maxResolutionMillis() / 1000,
        scope.replicaLabels(),
        List.of(),
        !scope.replicaLabels().isEmpty(),
        scope.partialResponse() == PartialResponse.WARN,
        parts.lookback().toSeconds());
  }

  static boolean servesQueries(Endpoint endpoint) {
    return endpoint.client().isPresent() && endpoint.serves(InfoResponse.Service.QUERY);
  }
}
