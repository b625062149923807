package io.oriel.app.role.collect;

import picocli.CommandLine.Option;

/// Where a collector listens: upstream's `--collector.*.host-port`.
final class PortFlags {
  private static final String OFF = "Empty for not at all.";

  @Option(
      names = "--collector.otlp.grpc.host-port",
      paramLabel = "ADDR",
      description = "OTLP over gRPC. " + OFF)
  private String otlpGrpc = "0.0.0.0:4317";

  @Option(
      names = "--collector.otlp.http.host-port",
      paramLabel = "ADDR",
      description = "OTLP over HTTP, POST /v1/traces. " + OFF)
  private String otlpHttp = "0.0.0.0:4318";

  @Option(
      names = "--collector.grpc-server.host-port",
      paramLabel = "ADDR",
      description = "Jaeger's CollectorService, and sampling for its agents. " + OFF)
  private String jaegerGrpc = "0.0.0.0:14250";

  @Option(
      names = "--collector.http-server.host-port",
      paramLabel = "ADDR",
      description = "Jaeger's Thrift over HTTP, POST /api/traces. " + OFF)
  private String jaegerHttp = "0.0.0.0:14268";

  @Option(
      names = "--processor.jaeger-compact.server-host-port",
      paramLabel = "ADDR",
      description = "Jaeger's agent, compact Thrift over UDP. " + OFF)
  private String agentCompact = "0.0.0.0:6831";

  @Option(
      names = "--processor.jaeger-binary.server-host-port",
      paramLabel = "ADDR",
      description = "Jaeger's agent, binary Thrift over UDP. " + OFF)
  private String agentBinary = "0.0.0.0:6832";

  @Option(
      names = "--collector.zipkin.host-port",
      paramLabel = "ADDR",
      description = "Zipkin's API, v1 and v2. " + OFF)
  private String zipkin = "0.0.0.0:9411";

  @Option(
      names = "--http-server.host-port",
      paramLabel = "ADDR",
      description = "Tells clients how to sample, over HTTP. " + OFF)
  private String samplingHttp = "0.0.0.0:5778";

  @Option(
      names = "--sampling.grpc.host-port",
      paramLabel = "ADDR",
      description = "Tells clients how to sample, over gRPC. " + OFF)
  private String samplingGrpc = "0.0.0.0:5779";

  @Option(
      names = "--admin.http.host-port",
      paramLabel = "ADDR",
      description = "Metrics (/metrics) and health (/), in plain HTTP.")
  private String admin = "127.0.0.1:8888";

  String admin() {
    return admin;
  }

  void applyTo(CollectOptions.Builder options) {
    options
        .listen(CollectPort.OTLP_GRPC, otlpGrpc)
        .listen(CollectPort.OTLP_HTTP, otlpHttp)
        .listen(CollectPort.JAEGER_GRPC, jaegerGrpc)
        .listen(CollectPort.JAEGER_HTTP, jaegerHttp)
        .listen(CollectPort.AGENT_COMPACT, agentCompact)
        .listen(CollectPort.AGENT_BINARY, agentBinary)
        .listen(CollectPort.ZIPKIN, zipkin)
        .listen(CollectPort.SAMPLING_HTTP, samplingHttp)
        .listen(CollectPort.SAMPLING_GRPC, samplingGrpc);
  }
}
