package io.oriel.gateway.route;

import io.oriel.gateway.identity.ClusterIdentity;
import io.oriel.gateway.identity.KnownClusters;
import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.model.error.RetryLater;
import io.oriel.runtime.grpc.GrpcCall;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.elastic.BulkAction;
import io.oriel.wire.elastic.BulkItem;
import io.oriel.wire.elastic.BulkOp;
import io.oriel.wire.elastic.BulkReply;
import io.oriel.wire.otlp.OtlpLogs;
import io.oriel.wire.otlp.OtlpStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/// OTLP logs, over HTTP and gRPC; they go into the index `logs-CLUSTER-otlp`. Thread-safe.
///
/// OTLP knows whole requests only, so a request some of whose records the engine could not take now
/// is refused to be sent again whole; the ids of the records see to it that none is there twice.
final class OtlpLogsRoute {
  static final String NAME = "otlp";
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final String PROTOBUF = "application/x-protobuf";

  private final BulkRoute bulks;
  private final KnownClusters clusters;
  private final GatewayConfig.Limits limits;

  OtlpLogsRoute(BulkRoute bulks, KnownClusters clusters, GatewayConfig.Limits limits) {
    this.bulks = bulks;
    this.clusters = clusters;
    this.limits = limits;
  }

  HttpAnswer answer(HttpCall call, ClusterIdentity client)
      throws IOException, InterruptedException {
    boolean json = call.header("content-type").startsWith("application/json");
    boolean known = json || call.header("content-type").startsWith(PROTOBUF);
    if (!known) {
      return HttpAnswer.text(415, "want " + PROTOBUF + " or application/json\n");
    }
    Compression compression = Compression.ofWord(call.header("content-encoding"));
    BulkRewrite.Told told =
        bulks.send(
            client,
            call.remote(),
            NAME,
            bulk -> {
              byte[] body;
              try (InputStream in =
                  compression.decompressing(call.bodyStream(), limits.bodyBytes())) {
                body = bulk.readAll(in);
              }
              fill(bulk, client, body, json);
            });
    Rejected rejected = rejected(told);
    return json
        ? HttpAnswer.json(200, OtlpLogs.responseJson(rejected.count(), rejected.reason()))
        : HttpAnswer.of(200, PROTOBUF, OtlpLogs.response(rejected.count(), rejected.reason()));
  }

  /// A refusal in OTLP's words.
  static HttpAnswer refusal(OrielException e, HttpCall call) {
    boolean json = call.header("content-type").startsWith("application/json");
    OtlpStatus status = new OtlpStatus(e.kind().grpcStatus(), e.reason());
    int code = e instanceof LimitExceeded ? 413 : e.kind().httpStatus();
    return json
        ? HttpAnswer.json(code, status.toJson())
        : HttpAnswer.of(code, PROTOBUF, status.toBytes());
  }

  GrpcService service() {
    return new GrpcService(
        "opentelemetry.proto.collector.logs.v1.LogsService",
        List.of(new GrpcService.Method("Export", GrpcService.Shape.UNARY, this::export)));
  }

  private void export(GrpcCall call) throws IOException, InterruptedException {
    ClusterIdentity client =
        clusters.of(
            call.clientCertificate()
                .orElseThrow(
                    () -> new OrielException(Kind.UNAUTHENTICATED, "want a client certificate")));
    byte[] body = new byte[call.request().remaining()];
    call.request().get(body);
    BulkRewrite.Told told =
        bulks.send(
            client,
            "grpc",
            NAME,
            bulk -> {
              bulk.count(body.length);
              fill(bulk, client, body, false);
            });
    Rejected rejected = rejected(told);
    call.send(ByteBuffer.wrap(OtlpLogs.response(rejected.count(), rejected.reason())));
  }

  private static void fill(BulkRewrite bulk, ClusterIdentity client, byte[] body, boolean json)
      throws IOException {
    String index = "logs-" + client.cluster() + "-otlp";
    OtlpLogs.Sink sink =
        (id, document) ->
            bulk.take(BulkAction.of(BulkOp.CREATE, index, id), document, 0, document.length);
    if (json) {
      OtlpLogs.readJson(body, sink);
    } else {
      OtlpLogs.read(body, sink);
    }
  }

  /// Records that will never be taken.
  private record Rejected(long count, String reason) {}

  private static Rejected rejected(BulkRewrite.Told told) {
    if (told.counts().containsKey(BulkItem.Outcome.RETRY)) {
      throw new RetryLater(
          Kind.LIMITED,
          SOON,
          "the search engine could not take "
              + told.counts().get(BulkItem.Outcome.RETRY)
              + " records now, send all again");
    }
    int count = told.counts().getOrDefault(BulkItem.Outcome.REFUSED, 0);
    if (count == 0) {
      return new Rejected(0, "");
    }
    String first =
        BulkReply.parse(told.body()).items().stream()
            .filter(item -> item.outcome() == BulkItem.Outcome.REFUSED)
            .map(BulkItem::errorReason)
            .findFirst()
            .orElse("");
    return new Rejected(count, first);
  }
}
