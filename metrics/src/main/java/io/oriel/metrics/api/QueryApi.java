package io.oriel.metrics.api;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.labels.Quoted;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.series.ExemplarQueryable;
import io.oriel.model.series.Queryable;
import io.oriel.model.series.Warning;
import io.oriel.promql.Query;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.QueryOptions;
import io.oriel.promql.QueryResult;
import io.oriel.promql.QueryStats;
import io.oriel.promql.RunningQuery;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.parse.Printer;
import io.oriel.promql.parse.Selectors;
import io.oriel.promql.value.Grid;
import io.oriel.promql.value.ValueJson;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.promapi.ApiEnvelope;
import io.oriel.wire.promapi.ApiError;
import io.oriel.wire.promapi.ApiParams;
import io.oriel.wire.promapi.RangeParams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// PromQL over HTTP: `query`, `query_range`, `query_exemplars`, `format_query`, and Oriel's own
/// list of running queries. Thread-safe.
public final class QueryApi {

  /** From how many samples on an answer is sent while it is written. */
  private static final int STREAMED_FROM = 16_000;

  /** About how many bytes are sent at once: each time the event loop has to wake up. */
  private static final int PIECE = 384 << 10;

  /** Room for an answer that is sent as a whole. */
  private static final int SMALL = 64 << 10;

  private final QueryEngine engine;
  private final Queryable storage;
  private final ExemplarQueryable exemplars;
  private final InstantSource clock;

  public QueryApi(
      QueryEngine engine, Queryable storage, ExemplarQueryable exemplars, InstantSource clock) {
    this.engine = engine;
    this.storage = storage;
    this.exemplars = exemplars;
    this.clock = clock;
  }

  /// Adds the endpoints.
  public void addTo(Routes routes) {
    routes.getOrPost("/api/v1/query", ApiCalls.enveloped(this::instant));
    routes.getOrPost("/api/v1/query_range", ApiCalls.enveloped(this::range));
    routes.getOrPost("/api/v1/query_exemplars", ApiCalls.enveloped(this::exemplars));
    routes.getOrPost("/api/v1/format_query", ApiCalls.enveloped(this::format));
    routes.getOrPost("/api/v1/parse_query", ApiCalls.enveloped(this::parse));
    routes.get("/api/v1/queries", ApiCalls.enveloped(_ -> running()));
    routes.on(Set.of("DELETE"), "/api/v1/queries/{id}", ApiCalls.enveloped(this::cancel));
  }

  private HttpAnswer instant(HttpCall call) {
    int limit = ApiParams.limit(call::param);
    long time = ApiParams.time(call::param, "time", clock.millis());
    QueryOptions options = options(call);
    Query query = parsed(() -> engine.instant(storage, call.param("query"), time, options));
    return run(call, query, limit);
  }

  private HttpAnswer range(HttpCall call) {
    int limit = ApiParams.limit(call::param);
    RangeParams times = RangeParams.of(call::param);
    QueryOptions options = options(call);
    Grid grid = Grid.between(times.startMillis(), times.endMillis(), times.stepMillis());
    Query query = parsed(() -> engine.range(storage, call.param("query"), grid, options));
    return run(call, query, limit);
  }

  private static QueryOptions options(HttpCall call) {
    return new QueryOptions(
        Duration.ofMillis(ApiParams.duration(call::param, "lookback_delta", 0)),
        Duration.ofMillis(ApiParams.duration(call::param, "timeout", 0)),
        call.hasParam("analyze"));
  }

  private interface Parsing {
    Query query();
  }

  private static Query parsed(Parsing parsing) {
    try {
      return parsing.query();
    } catch (OrielException e) {
      if (e.kind() == Kind.INVALID) {
        throw ApiParams.bad("query", e.reason());
      }
      throw e;
    }
  }

  private static HttpAnswer run(HttpCall call, Query query, int limit) {
    call.onCancel(query::cancel);
    QueryResult result;
    try {
      result = query.run();
    } catch (OrielException e) {
      return ApiCalls.failure(ApiError.whileExecuting(e.kind()), e.reason());
    }
    boolean withStats = !call.param("stats").isEmpty();
    if (ValueJson.size(result.value()) > STREAMED_FROM) {
      return HttpAnswer.stream(
          200,
          "application/json",
          out -> {
            JsonWriter json = new JsonWriter(PIECE + SMALL);
            write(
                json,
                result,
                limit,
                withStats,
                written -> {
                  if (written.size() >= PIECE) {
                    written.drainTo(out);
                  }
                });
            json.drainTo(out);
          });
    }
    JsonWriter json = new JsonWriter(SMALL);
    try {
      write(json, result, limit, withStats, ValueJson.Between.NOTHING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HttpAnswer.json(200, json.toBytes());
  }

  private static void write(
      JsonWriter json, QueryResult result, int limit, boolean withStats, ValueJson.Between between)
      throws IOException {
    List<Warning> notes = new ArrayList<>(result.warnings());
    ApiEnvelope.begin(json).beginObject();
    if (ValueJson.write(json, result.value(), limit, between)) {
      notes.add(Warning.warning("results truncated due to limit"));
    }
    if (withStats) {
      stats(json, result.stats());
    }
    if (!result.analysis().isEmpty()) {
      json.name("analysis").string(result.analysis());
    }
    json.endObject();
    ApiEnvelope.end(json, notes);
  }

  private static void stats(JsonWriter json, QueryStats stats) {
    json.name("stats").beginObject().name("timings").beginObject();
    json.name("evalTotalTime").number((stats.evalNanos() + stats.prepareNanos()) / 1e9);
    json.name("resultSortTime").number(0L);
    json.name("queryPreparationTime").number(stats.prepareNanos() / 1e9);
    json.name("innerEvalTime").number(stats.evalNanos() / 1e9);
    json.name("execQueueTime").number(stats.queueNanos() / 1e9);
    json.name("execTotalTime")
        .number((stats.evalNanos() + stats.prepareNanos() + stats.queueNanos()) / 1e9);
    json.endObject().name("samples").beginObject();
    json.name("totalQueryableSamples").number(stats.totalSamples());
    json.name("peakSamples").number(stats.peakSamples());
    json.endObject().endObject();
  }

  private HttpAnswer exemplars(HttpCall call) throws IOException {
    long start = ApiParams.time(call::param, "start", ApiParams.MIN_MILLIS);
    long end = ApiParams.time(call::param, "end", ApiParams.MAX_MILLIS);
    if (end < start) {
      throw OrielException.invalid("end timestamp must not be before start timestamp");
    }
    String text = call.param("query");
    List<ExemplarQueryable.SeriesExemplars> found =
        exemplars.exemplars(start, end, Selectors.in(engine.parse(text)));
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            json -> {
              json.beginArray();
              for (ExemplarQueryable.SeriesExemplars series : found) {
                json.beginObject().name("seriesLabels").labels(series.series());
                json.name("exemplars").beginArray();
                for (Exemplar exemplar : series.exemplars()) {
                  json.beginObject().name("labels").labels(exemplar.labels());
                  json.name("value").sample(exemplar.value());
                  json.name("timestamp").time(exemplar.timestampMillis()).endObject();
                }
                json.endArray().endObject();
              }
              json.endArray();
            }));
  }

  private HttpAnswer format(HttpCall call) {
    String formatted = Printer.format(engine.parse(call.param("query")));
    return HttpAnswer.json(200, ApiEnvelope.success(json -> json.string(formatted)));
  }

  private HttpAnswer parse(HttpCall call) {
    Expr parsed;
    try {
      parsed = engine.parse(call.param("query"));
    } catch (OrielException e) {
      throw ApiParams.bad("query", e.reason());
    }
    return HttpAnswer.json(200, ApiEnvelope.success(json -> QueryTree.write(json, parsed)));
  }

  private HttpAnswer running() {
    List<RunningQuery> queries = engine.running();
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            json -> {
              json.beginArray();
              for (RunningQuery query : queries) {
                json.beginObject().name("id").number(query.id());
                json.name("query").string(query.query());
                json.name("ageSeconds").number(query.ageNanos() / 1e9);
                json.name("waiting").bool(query.waiting());
                json.name("peakBytes").number(query.peakBytes()).endObject();
              }
              json.endArray();
            }));
  }

  private HttpAnswer cancel(HttpCall call) {
    String id = call.pathParam("id");
    try {
      if (engine.cancel(Long.parseLong(id))) {
        return HttpAnswer.empty(204);
      }
    } catch (NumberFormatException _) {
      throw OrielException.invalid("got " + Quoted.of(id) + ", want the id of a running query");
    }
    return ApiCalls.failure(ApiError.NOT_FOUND, "no running query " + id);
  }
}
