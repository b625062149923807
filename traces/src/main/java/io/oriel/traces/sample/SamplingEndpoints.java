package io.oriel.traces.sample;

import io.oriel.model.error.OrielException;
import io.oriel.runtime.grpc.GrpcCall;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.jaeger.SamplingStrategy;
import java.nio.ByteBuffer;
import java.util.List;

/// Tells clients how to sample, over HTTP on any path and over gRPC. Thread-safe.
public final class SamplingEndpoints {
  private final StrategyProvider strategies;

  public SamplingEndpoints(StrategyProvider strategies) {
    this.strategies = strategies;
  }

  /// Adds `GET /sampling?service=…`, `GET /?service=…` and every other path.
  public Routes routes(Routes into) {
    return into.get("/", this::answer).get("/*", this::answer);
  }

  private HttpAnswer answer(HttpCall call) {
    if (call.params("service").size() != 1) {
      return HttpAnswer.text(400, "'service' parameter must be provided once\n");
    }
    return HttpAnswer.json(200, strategies.strategyOf(call.param("service")).toJson());
  }

  /// `jaeger.api_v2.SamplingManager`.
  public GrpcService service() {
    return new GrpcService(
        "jaeger.api_v2.SamplingManager",
        List.of(
            new GrpcService.Method("GetSamplingStrategy", GrpcService.Shape.UNARY, this::answer)));
  }

  private void answer(GrpcCall call) {
    String service = SamplingStrategy.serviceOf(call.request());
    if (service.isEmpty()) {
      throw OrielException.invalid("service name: got none");
    }
    call.send(ByteBuffer.wrap(strategies.strategyOf(service).toProto()));
  }
}
