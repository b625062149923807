package io.oriel.traces.receive;

import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.model.error.RetryLater;
import io.oriel.runtime.grpc.GrpcCall;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.limit.Limit;
import io.oriel.traces.peer.PeerSink;
import io.oriel.wire.otlp.OtlpStatus;
import io.oriel.wire.otlp.OtlpTraces;
import java.nio.ByteBuffer;
import java.util.List;

/// OTLP traces over gRPC and HTTP. Thread-safe.
public final class OtlpReceiver {
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";
  private static final int TOO_LARGE = 413;

  private final SpanIntake intake;
  private final SpanIntake handedOn;
  private final Bodies bodies;

  public OtlpReceiver(SpanIntake intake, Bodies bodies) {
    this(intake, intake, bodies);
  }

  /// @param handedOn takes what comes over gRPC from another collector, see {@link
  ///   PeerSink#HANDED_ON}
  public OtlpReceiver(SpanIntake intake, SpanIntake handedOn, Bodies bodies) {
    this.intake = intake;
    this.handedOn = handedOn;
    this.bodies = bodies;
  }

  /// `opentelemetry.proto.collector.trace.v1.TraceService`.
  public GrpcService service() {
    return new GrpcService(
        "opentelemetry.proto.collector.trace.v1.TraceService",
        List.of(new GrpcService.Method("Export", GrpcService.Shape.UNARY, this::export)));
  }

  private void export(GrpcCall call) throws InterruptedException {
    int bytes = call.request().remaining();
    SpanIntake into = call.header(PeerSink.HANDED_ON).isPresent() ? handedOn : intake;
    OtlpTraces.Decoded decoded;
    try (Limit.Permit _ = bodies.acquire()) {
      into.check(Protocol.OTLP_GRPC, OtlpTraces.count(call.request().duplicate()), bytes);
      decoded = OtlpTraces.read(call.request());
    }
    into.take(Protocol.OTLP_GRPC, decoded.spans(), bytes, decoded.rejected());
    call.send(ByteBuffer.wrap(OtlpTraces.response(decoded.rejected(), decoded.reason())));
  }

  /// Adds `POST /v1/traces`.
  public Routes routes(Routes into) {
    return into.post("/v1/traces", this::answer);
  }

  private HttpAnswer answer(HttpCall call) throws InterruptedException {
    String type = call.header("content-type");
    boolean json = type.startsWith(JSON);
    if (!json && !type.startsWith(PROTOBUF)) {
      return HttpAnswer.text(415, "want " + PROTOBUF + " or " + JSON + "\n");
    }
    try {
      Bodies.Read<OtlpTraces.Decoded> body =
          bodies.read(call, json ? OtlpTraces::readJson : this::read);
      OtlpTraces.Decoded decoded = body.value();
      intake.take(Protocol.OTLP_HTTP, decoded.spans(), body.bytes(), decoded.rejected());
      return json
          ? HttpAnswer.json(200, OtlpTraces.responseJson(decoded.rejected(), decoded.reason()))
          : HttpAnswer.of(200, PROTOBUF, OtlpTraces.response(decoded.rejected(), decoded.reason()));
    } catch (OrielException e) {
      return refusal(e, json);
    }
  }

  /// Senders try again and again when they are refused, so little must be spent on them then.
  private OtlpTraces.Decoded read(byte[] body) {
    intake.check(Protocol.OTLP_HTTP, OtlpTraces.count(ByteBuffer.wrap(body)), body.length);
    return OtlpTraces.read(body);
  }

  private static HttpAnswer refusal(OrielException e, boolean json) {
    OtlpStatus status = new OtlpStatus(e.kind().grpcStatus(), e.reason());
    int code = e instanceof LimitExceeded ? TOO_LARGE : e.kind().httpStatus();
    HttpAnswer answer =
        json
            ? HttpAnswer.json(code, status.toJson())
            : HttpAnswer.of(code, PROTOBUF, status.toBytes());
    return e instanceof RetryLater later
        ? answer.header("retry-after", Long.toString(later.retryAfterSeconds()))
        : answer;
  }
}
