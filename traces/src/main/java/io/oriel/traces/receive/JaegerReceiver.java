package io.oriel.traces.receive;

import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.grpc.GrpcCall;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.limit.Limit;
import io.oriel.wire.jaeger.JaegerBatch;
import io.oriel.wire.jaeger.JaegerProto;
import io.oriel.wire.jaeger.JaegerThrift;
import java.nio.ByteBuffer;
import java.util.List;

/// Jaeger's own protocols to a collector: `PostSpans` over gRPC, Thrift batches over HTTP.
/// Thread-safe.
public final class JaegerReceiver {
  private static final List<String> TYPES =
      List.of("application/x-thrift", "application/vnd.apache.thrift.binary");
  private static final int ACCEPTED = 202;

  private final SpanIntake intake;
  private final Bodies bodies;

  public JaegerReceiver(SpanIntake intake, Bodies bodies) {
    this.intake = intake;
    this.bodies = bodies;
  }

  /// `jaeger.api_v2.CollectorService`.
  public GrpcService service() {
    return new GrpcService(
        "jaeger.api_v2.CollectorService",
        List.of(new GrpcService.Method("PostSpans", GrpcService.Shape.UNARY, this::postSpans)));
  }

  private void postSpans(GrpcCall call) throws InterruptedException {
    int bytes = call.request().remaining();
    JaegerBatch batch;
    try (Limit.Permit _ = bodies.acquire()) {
      batch = JaegerProto.read(call.request());
    }
    intake.take(Protocol.JAEGER_GRPC, batch.spans(), bytes, batch.rejected());
    call.send(ByteBuffer.allocate(0));
  }

  /// Adds `POST /api/traces`.
  public Routes routes(Routes into) {
    return into.post("/api/traces", this::answer);
  }

  private HttpAnswer answer(HttpCall call) throws InterruptedException {
    String type = call.header("content-type");
    String bare = type.contains(";") ? type.substring(0, type.indexOf(';')).strip() : type;
    if (!TYPES.contains(bare)) {
      return HttpAnswer.text(400, "want content type " + String.join(" or ", TYPES) + "\n");
    }
    try {
      Bodies.Read<JaegerBatch> body = bodies.read(call, JaegerThrift::read);
      JaegerBatch batch = body.value();
      intake.take(Protocol.JAEGER_HTTP, batch.spans(), body.bytes(), batch.rejected());
      return batch.rejected() == 0
          ? HttpAnswer.empty(ACCEPTED)
          : HttpAnswer.text(
              ACCEPTED, batch.rejected() + " spans not taken: " + batch.reason() + "\n");
    } catch (LimitExceeded e) {
      return tooLarge(e);
    }
  }

  static HttpAnswer tooLarge(OrielException e) {
    return HttpAnswer.text(413, e.reason() + "\n");
  }
}
