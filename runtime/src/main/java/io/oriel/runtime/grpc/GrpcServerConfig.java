package io.oriel.runtime.grpc;

import io.oriel.runtime.tls.TlsConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How to serve gRPC; upstream's flags `--grpc-address`, `--grpc-server-tls-*`,
/// `--grpc-server-max-connection-age`.
///
/// @param listenAddress `host:port`; an empty host is every address
/// @param tls none for plain text
/// @param maxMessageBytes of a request
/// @param maxConnectionAge after which a client is asked to reconnect
public record GrpcServerConfig(
    String listenAddress, Optional<ServerTls> tls, int maxMessageBytes, Duration maxConnectionAge) {
  /// @param material the server's certificate and key; its roots, if any, are those that clients
  ///   must have a certificate of
  /// @param revocations a file of CRLs
  public record ServerTls(TlsConfig material, Optional<Path> revocations) {}

  /// Plain text with upstream's limits.
  public static GrpcServerConfig plain(String listenAddress) {
    return new GrpcServerConfig(listenAddress, Optional.empty(), 64 << 20, Duration.ofMinutes(60));
  }
}
