package io.oriel.app.role.collect;

/// The ports of a collector, those of Jaeger.
public enum CollectPort {
  OTLP_GRPC(4317),
  OTLP_HTTP(4318),
  JAEGER_GRPC(14250),
  JAEGER_HTTP(14268),
  AGENT_COMPACT(6831),
  AGENT_BINARY(6832),
  ZIPKIN(9411),
  SAMPLING_HTTP(5778),
  SAMPLING_GRPC(5779);

  private final int number;

  CollectPort(int number) {
    this.number = number;
  }

  /// The number that senders expect.
  public int number() {
    return number;
  }
}
