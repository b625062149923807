package io.oriel.app.role.traces;

import io.oriel.app.flag.GivenServerTls;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.grpc.GrpcServerConfig;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Where `oriel traces` serves gRPC, and with which certificate: Jaeger's `--query.grpc.tls.*`.
final class GrpcFlags {
  @Option(
      names = "--query.grpc-server.host-port",
      paramLabel = "ADDR",
      description = "Where gRPC is served.")
  private String tools = "0.0.0.0:16685";

  @Option(
      names = "--grpc-storage.host-port",
      paramLabel = "ADDR",
      description = "Where the storage protocol is served; nowhere unless given.")
  private String storage = "";

  @Option(
      names = "--query.grpc.tls.cert",
      paramLabel = "FILE",
      description = "Certificate of both; plain text without. Read anew when it changes.")
  private String cert = "";

  @Option(names = "--query.grpc.tls.key", paramLabel = "FILE", description = "Its key.")
  private String key = "";

  @Option(
      names = "--query.grpc.tls.client-ca",
      paramLabel = "FILE",
      description = "Roots that clients must have a certificate of.")
  private String clientCa = "";

  @Option(
      names = "--query.grpc.tls.min-version",
      paramLabel = "VERSION",
      description = "1.2 or 1.3.")
  private String minVersion = "1.3";

  /// @throws OrielException of kind INVALID when half of a pair is given
  TracesRole.Grpc config() {
    return new TracesRole.Grpc(
        at(tools), storage.isEmpty() ? Optional.empty() : Optional.of(at(storage)));
  }

  private GrpcServerConfig at(String address) {
    GrpcServerConfig plain = GrpcServerConfig.plain(address);
    GivenServerTls given =
        new GivenServerTls("--query.grpc.tls.", cert, key, clientCa, "", minVersion);
    return new GrpcServerConfig(
        plain.listenAddress(), given.tls(), plain.maxMessageBytes(), plain.maxConnectionAge());
  }
}
