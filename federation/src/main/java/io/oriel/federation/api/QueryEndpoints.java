package io.oriel.federation.api;

import io.oriel.federation.query.PushDown;
import io.oriel.federation.query.QueryScope;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.series.Queryable;
import io.oriel.model.series.Warning;
import io.oriel.promql.Query;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.QueryOptions;
import io.oriel.promql.QueryResult;
import io.oriel.promql.value.Grid;
import io.oriel.promql.value.ValueJson;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.promapi.ApiEnvelope;
import io.oriel.wire.promapi.ApiError;
import io.oriel.wire.promapi.ApiParams;
import io.oriel.wire.promapi.RangeParams;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `query`, `query_range` and their explanations.
final class QueryEndpoints {
  private static final int PIECE = 384 << 10;

  private final QueryEngine engine;
  private final Sources sources;
  private final PushDown pushDown;
  private final InstantSource clock;

  QueryEndpoints(QueryEngine engine, Sources sources, PushDown pushDown, InstantSource clock) {
    this.engine = engine;
    this.sources = sources;
    this.pushDown = pushDown;
    this.clock = clock;
  }

  void addTo(Routes routes) {
    routes.getOrPost("/api/v1/query", Envelopes.of(call -> run(call, instant(call))));
    routes.getOrPost("/api/v1/query_range", Envelopes.of(call -> run(call, range(call))));
    routes.getOrPost("/api/v1/query_explain", Envelopes.of(call -> explain(call, instant(call))));
    routes.getOrPost(
        "/api/v1/query_range_explain", Envelopes.of(call -> explain(call, range(call))));
  }

  private Grid instant(HttpCall call) {
    return new Grid(ApiParams.time(call::param, "time", clock.millis()), 0, 1);
  }

  private static Grid range(HttpCall call) {
    RangeParams times = RangeParams.of(call::param);
    return Grid.between(times.startMillis(), times.endMillis(), times.stepMillis());
  }

  /// A query about to run, and what the endpoints did for it beforehand.
  private record Ready(Query query, List<Warning> warnings, String explanation) {}

  private Ready ready(HttpCall call, Grid grid) throws InterruptedException {
    QueryScope scope = ScopeParams.of(call, sources.settings(), grid.stepMillis());
    Queryable source = sources.of(call, scope);
    String text = call.param("query");
    QueryOptions options = options(call, scope);
    Query plain;
    try {
      plain = query(source, text, grid, options);
    } catch (OrielException e) {
      throw ApiParams.bad("query", e.reason());
    }
    Optional<PushDown.Prepared> pushed =
        sources.settings().tenancy().isPresent()
            ? Optional.empty()
            : pushDown.prepare(plain.expression(), grid, scope, options.lookback(), source);
    return pushed
        .map(
            parts ->
                new Ready(
                    query(parts.source(), parts.query(), grid, options),
                    parts.warnings(),
                    parts.explain()))
        .orElseGet(() -> new Ready(plain, List.of(), ""));
  }

  private Query query(Queryable source, String text, Grid grid, QueryOptions options) {
    return grid.stepMillis() == 0
        ? engine.instant(source, text, grid.startMillis(), options)
        : engine.range(source, text, grid, options);
  }

  /// With downsampled series samples are as far apart as the resolution, so an instant selector
  /// must look back at least as far.
  private QueryOptions options(HttpCall call, QueryScope scope) {
    long asked = ApiParams.duration(call::param, "lookback_delta", 0);
    long lookback = asked > 0 ? asked : sources.settings().lookback().toMillis();
    return new QueryOptions(
        Duration.ofMillis(Math.max(lookback, scope.maxResolutionMillis())),
        Duration.ofMillis(
            ApiParams.duration(call::param, "timeout", sources.settings().timeout().toMillis())),
        call.hasParam("analyze"));
  }

  private HttpAnswer explain(HttpCall call, Grid grid) throws InterruptedException {
    Ready ready = ready(call, grid);
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            json ->
                json.beginObject()
                    .name("plan")
                    .string(ready.query().explain())
                    .name("crossed")
                    .string(ready.explanation())
                    .endObject(),
            ready.warnings()));
  }

  private HttpAnswer run(HttpCall call, Grid grid) throws InterruptedException {
    int limit = ApiParams.limit(call::param);
    Ready ready = ready(call, grid);
    call.onCancel(ready.query()::cancel);
    QueryResult result;
    try {
      result = ready.query().run();
    } catch (OrielException e) {
      return Envelopes.failure(ApiError.whileExecuting(e.kind()), e.reason());
    }
    List<Warning> notes = new ArrayList<>(ready.warnings());
    notes.addAll(result.warnings());
    String analysis = result.analysis().isEmpty() ? "" : result.analysis() + ready.explanation();
    return HttpAnswer.stream(
        200,
        "application/json",
        out -> {
          JsonWriter json = new JsonWriter(64 << 10);
          ApiEnvelope.begin(json).beginObject();
          boolean cut =
              ValueJson.write(
                  json,
                  result.value(),
                  limit,
                  written -> {
                    if (written.size() >= PIECE) {
                      written.drainTo(out);
                    }
                  });
          end(json, notes, cut, analysis);
          json.drainTo(out);
        });
  }

  private static void end(JsonWriter json, List<Warning> notes, boolean cut, String analysis) {
    List<Warning> all = new ArrayList<>(notes);
    if (cut) {
      all.add(Warning.warning("results truncated due to limit"));
    }
    if (!analysis.isEmpty()) {
      json.name("analysis").string(analysis);
    }
    json.endObject();
    ApiEnvelope.end(json, all);
  }
}
