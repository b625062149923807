package io.oriel.federation.query;

import io.oriel.federation.dedup.Deduplication;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.Warning;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.QueryOptions;
import io.oriel.promql.QueryResult;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;
import io.oriel.promql.value.Value;
import io.oriel.runtime.grpc.GrpcCall;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.grpc.GrpcService.Method;
import io.oriel.runtime.grpc.GrpcService.Shape;
import io.oriel.wire.storeapi.PartialResponse;
import io.oriel.wire.storeapi.QueryRequest;
import io.oriel.wire.storeapi.QueryResponse;
import io.oriel.wire.storeapi.QueryResponse.ResultSeries;
import io.oriel.wire.storeapi.ShardInfo;
import io.oriel.wire.storeapi.StoreServices;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Evaluates PromQL for others: `thanos.Query` over gRPC.
public final class QueryService {
  private static final int BATCH = 64;

  private final QueryEngine engine;
  private final Supplier<List<Endpoint>> endpoints;

  private QueryService(QueryEngine engine, Supplier<List<Endpoint>> endpoints) {
    this.engine = engine;
    this.endpoints = endpoints;
  }

  /// The service over these endpoints.
  public static GrpcService of(QueryEngine engine, Supplier<List<Endpoint>> endpoints) {
    QueryService service = new QueryService(engine, endpoints);
    return new GrpcService(
        StoreServices.QUERY,
        List.of(
            new Method(
                StoreServices.QUERY_INSTANT,
                Shape.SERVER_STREAM,
                call -> service.answer(call, QueryRequest.readInstant(call.request()))),
            new Method(
                StoreServices.QUERY_RANGE,
                Shape.SERVER_STREAM,
                call -> service.answer(call, QueryRequest.readRange(call.request())))));
  }

  private void answer(GrpcCall call, QueryRequest request) {
    QueryScope scope =
        new QueryScope(
            request.dedup() ? request.replicaLabels() : List.of(),
            Deduplication.PENALTY,
            1000 * request.maxResolutionSeconds(),
            request.partialResponse() ? PartialResponse.WARN : PartialResponse.ABORT,
            request.storeMatchers(),
            ShardInfo.none());
    FederatedQueryable source = new FederatedQueryable(new FanOut(endpoints, scope), scope);
    QueryOptions options =
        new QueryOptions(
            Duration.ofSeconds(request.lookbackSeconds()),
            Duration.ofSeconds(request.timeoutSeconds()),
            false);
    long start = 1000 * request.startSeconds();
    QueryResult result;
    if (request.isRange()) {
      long step = 1000 * request.intervalSeconds();
      int steps = Math.toIntExact((1000 * request.endSeconds() - start) / step + 1);
      Grid grid = new Grid(start, step, steps);
      result = engine.range(source, request.query(), grid, options).run();
    } else {
      result = engine.instant(source, request.query(), start, options).run();
    }
    send(call, series(result.value()));
    for (Warning warning : result.warnings()) {
      call.send(QueryResponse.warning(warning.text()).write());
    }
  }

  private static void send(GrpcCall call, List<ResultSeries> series) {
    for (int i = 0; i < series.size(); i += BATCH) {
      List<ResultSeries> batch = series.subList(i, Math.min(series.size(), i + BATCH));
      call.send(QueryResponse.of(batch).write());
    }
  }

  private static List<ResultSeries> series(Value value) {
    List<ResultSeries> all = new ArrayList<>();
    switch (value) {
      case Value.Scalar scalar -> {
        SampleColumns rows = new SampleColumns(1);
        rows.add(scalar.timeMillis(), scalar.value());
        all.add(new ResultSeries(Labels.empty(), rows));
      }
      case Value.Text _ -> {
        // the protocol has no place for a string
      }
      case Value.InstantVector vector ->
          vector
              .series()
              .forEach(column -> all.add(rows(column, new Grid(vector.timeMillis(), 0, 1))));
      case Value.RangeMatrix matrix ->
          matrix.series().forEach(column -> all.add(rows(column, matrix.grid())));
      case Value.SampleMatrix matrix ->
          matrix.series().forEach(each -> all.add(new ResultSeries(each.labels(), each.samples())));
    }
    return all;
  }

  private static ResultSeries rows(Column column, Grid grid) {
    SampleColumns rows = new SampleColumns(column.steps());
    for (int step = 0; step < column.steps(); step++) {
      long time = grid.startMillis() + step * grid.stepMillis();
      NativeHistogram histogram = column.histogram(step);
      if (histogram != null) {
        rows.add(time, histogram);
      } else if (column.hasFloat(step)) {
        rows.add(time, column.value(step));
      }
    }
    return new ResultSeries(column.labels(), rows);
  }
}
