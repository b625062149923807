package io.oriel.traces.receive;

import io.oriel.model.error.LimitExceeded;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.zipkin.ZipkinBatch;
import io.oriel.wire.zipkin.ZipkinJson;
import io.oriel.wire.zipkin.ZipkinProto;
import io.oriel.wire.zipkin.ZipkinThrift;
import java.util.function.Function;

/// Zipkin's API, v1 and v2. Thread-safe.
public final class ZipkinReceiver {
  private static final int ACCEPTED = 202;

  private final SpanIntake intake;
  private final Bodies bodies;

  public ZipkinReceiver(SpanIntake intake, Bodies bodies) {
    this.intake = intake;
    this.bodies = bodies;
  }

  /// Adds `POST /api/v1/spans` and `POST /api/v2/spans`.
  public Routes routes(Routes into) {
    return into.post("/api/v1/spans", this::first).post("/api/v2/spans", this::second);
  }

  private HttpAnswer first(HttpCall call) throws InterruptedException {
    return call.header("content-type").startsWith("application/x-thrift")
        ? answer(call, Protocol.ZIPKIN_V1_THRIFT, ZipkinThrift::read)
        : answer(call, Protocol.ZIPKIN_V1_JSON, ZipkinJson::readV1);
  }

  private HttpAnswer second(HttpCall call) throws InterruptedException {
    return call.header("content-type").startsWith("application/x-protobuf")
        ? answer(call, Protocol.ZIPKIN_V2_PROTO, ZipkinProto::read)
        : answer(call, Protocol.ZIPKIN_V2_JSON, ZipkinJson::readV2);
  }

  private HttpAnswer answer(HttpCall call, Protocol protocol, Function<byte[], ZipkinBatch> decoder)
      throws InterruptedException {
    try {
      Bodies.Read<ZipkinBatch> body = bodies.read(call, decoder);
      ZipkinBatch batch = body.value();
      intake.take(protocol, batch.spans(), body.bytes(), batch.rejected());
      return batch.rejected() == 0
          ? HttpAnswer.empty(ACCEPTED)
          : HttpAnswer.text(
              ACCEPTED, batch.rejected() + " spans not taken: " + batch.reason() + "\n");
    } catch (LimitExceeded e) {
      return JaegerReceiver.tooLarge(e);
    }
  }
}
