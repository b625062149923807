package io.oriel.traces.receive;

import io.oriel.traces.batch.SpanBatch;

/// How spans came, in the words of Jaeger's and the OpenTelemetry collector's metrics.
public enum Protocol {
  OTLP_GRPC("otlp", "grpc"),
  OTLP_HTTP("otlp", "http"),
  JAEGER_GRPC("jaeger", "grpc"),
  JAEGER_HTTP("jaeger", "thrift_http"),
  JAEGER_COMPACT("jaeger", "thrift_compact"),
  JAEGER_BINARY("jaeger", "thrift_binary"),
  ZIPKIN_V1_JSON("zipkin", "http_v1_json"),
  ZIPKIN_V1_THRIFT("zipkin", "http_v1_thrift"),
  ZIPKIN_V2_JSON("zipkin", "http_v2_json"),
  ZIPKIN_V2_PROTO("zipkin", "http_v2_proto");

  private final String receiver;
  private final String transport;

  Protocol(String receiver, String transport) {
    this.receiver = receiver;
    this.transport = transport;
  }

  String receiver() {
    return receiver;
  }

  String transport() {
    return transport;
  }

  /// Whether a sender is told what became of its spans.
  SpanBatch.Answer answer() {
    return this == JAEGER_COMPACT || this == JAEGER_BINARY
        ? SpanBatch.Answer.NONE
        : SpanBatch.Answer.AWAITED;
  }
}
