package io.oriel.app.flag;

import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.tls.TlsVersion;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The `--grpc-address` and `--grpc-server-*` flags.
public final class GrpcServerFlags {
  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  @Option(names = "--grpc-address", paramLabel = "ADDR", description = "Where gRPC is served.")
  private String address;

  @Option(
      names = "--grpc-server-tls-cert",
      paramLabel = "FILE",
      description = "Certificate; plain text without.")
  private String cert = "";

  @Option(names = "--grpc-server-tls-key", paramLabel = "FILE", description = "Its key.")
  private String key = "";

  @Option(
      names = "--grpc-server-tls-client-ca",
      paramLabel = "FILE",
      description = "Roots that clients must have a certificate of.")
  private String clientCa = "";

  @Option(
      names = "--grpc-server-tls-min-version",
      paramLabel = "VERSION",
      description = "1.2 or 1.3.")
  private String minVersion = "1.3";

  @Option(
      names = "--grpc-server-tls-client-crl",
      paramLabel = "FILE",
      description = "CRLs of the client roots, read anew when they change (Oriel's own).")
  private String clientCrl = "";

  @Option(
      names = "--grpc-server-max-connection-age",
      paramLabel = "DURATION",
      description = "Clients are asked to reconnect after this.")
  private String maxAge = "60m";

  /// gRPC on Thanos' port unless said otherwise.
  public GrpcServerFlags() {
    this("0.0.0.0:10901");
  }

  private GrpcServerFlags(String address) {
    this.address = address;
  }

  /// No gRPC unless an address is given.
  public static GrpcServerFlags off() {
    return new GrpcServerFlags("");
  }

  /// The server, if an address is given.
  ///
  /// @throws OrielException as {@link #config}
  public Optional<GrpcServerConfig> configIfGiven() {
    return address.isEmpty() ? Optional.empty() : Optional.of(config());
  }

  /// The server that the flags describe.
  ///
  /// @throws OrielException of kind INVALID when one flag lacks another or says what is not known
  public GrpcServerConfig config() {
    Optional<GrpcServerConfig.ServerTls> tls =
        new GivenServerTls("--grpc-server-tls-", cert, key, clientCa, clientCrl, minVersion).tls();
    return new GrpcServerConfig(address, tls, MAX_MESSAGE_BYTES, DurationSyntax.parse(maxAge));
  }

  /// The version of TLS that {@code word} stands for.
  ///
  /// @param flag whose value it is
  /// @throws OrielException of kind INVALID for any but 1.2 and 1.3
  public static TlsVersion version(String flag, String word) {
    return switch (word) {
      case "1.2" -> TlsVersion.TLS12;
      case "1.3" -> TlsVersion.TLS13;
      default -> throw OrielException.invalid(flag + ": got " + word + ", want 1.2 or 1.3");
    };
  }
}
