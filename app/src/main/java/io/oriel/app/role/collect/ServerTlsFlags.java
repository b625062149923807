package io.oriel.app.role.collect;

import io.oriel.app.flag.GivenServerTls;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.WebConfig;
import java.util.Optional;
import picocli.CommandLine.Option;

/// TLS of all doors of a role, gRPC and HTTP alike: the gateway's flags, optional here.
final class ServerTlsFlags {
  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "Certificate of all TCP ports but the admin's; plain text without.")
  private String cert = "";

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Its key.")
  private String key = "";

  @Option(
      names = "--tls-client-ca",
      paramLabel = "FILE",
      description = "Roots that senders must have a certificate of.")
  private String clientCa = "";

  @Option(
      names = "--tls-client-crl",
      paramLabel = "FILE",
      description = "CRLs of these roots, read anew when they change.")
  private String clientCrl = "";

  @Option(names = "--tls-min-version", paramLabel = "VERSION", description = "1.2 or 1.3.")
  private String minVersion = "1.2";

  /// For gRPC; none without a certificate.
  ///
  /// @throws OrielException of kind INVALID when one flag lacks another
  Optional<GrpcServerConfig.ServerTls> grpc() {
    return given().tls();
  }

  /// The same for HTTP.
  WebConfig web() {
    return given().web();
  }

  private GivenServerTls given() {
    return new GivenServerTls("--tls-", cert, key, clientCa, clientCrl, minVersion);
  }
}
