package io.oriel.federation.query;

import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcStream;
import io.oriel.wire.storeapi.QueryRequest;
import io.oriel.wire.storeapi.QueryResponse;
import io.oriel.wire.storeapi.QueryResponse.ResultSeries;
import io.oriel.wire.storeapi.StoreServices;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What another querier made of a query.
///
/// @param bytes of all messages, uncompressed
record RemoteAnswer(List<ResultSeries> series, List<String> warnings, long bytes) {
  static RemoteAnswer fetch(GrpcClient client, QueryRequest request, Duration timeout)
      throws InterruptedException {
    String method = request.isRange() ? StoreServices.QUERY_RANGE : StoreServices.QUERY_INSTANT;
    List<ResultSeries> series = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    long bytes = 0;
    try (GrpcStream stream =
        client.stream(StoreServices.QUERY, method, request.write(), timeout, Map.of())) {
      for (ByteBuffer message = stream.next(); message != null; message = stream.next()) {
        bytes += message.remaining();
        QueryResponse response = QueryResponse.read(message);
        series.addAll(response.series());
        if (!response.warning().isEmpty()) {
          warnings.add(response.warning());
        }
      }
    }
    return new RemoteAnswer(series, warnings, bytes);
  }
}
