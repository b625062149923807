package io.oriel.runtime.grpc;

import io.oriel.runtime.tls.TlsConfig;
import java.util.Optional;

/// How to call a gRPC server; upstream's flags `--grpc-client-tls-*`, `--grpc-client-server-name`,
/// `--grpc-compression`.
///
/// @param address `host:port`
/// @param tls none for plain text
/// @param maxMessageBytes of a response message
public record GrpcClientConfig(
    String address, Optional<TlsConfig> tls, Compression compression, int maxMessageBytes) {
  /// How requests are compressed, and with them answers.
  public enum Compression {
    NONE,
    SNAPPY,
    GZIP
  }

  /// Plain text, not compressed.
  public static GrpcClientConfig plain(String address) {
    return new GrpcClientConfig(address, Optional.empty(), Compression.NONE, Integer.MAX_VALUE);
  }

  /// The same for another address.
  public GrpcClientConfig at(String newAddress) {
    return new GrpcClientConfig(newAddress, tls, compression, maxMessageBytes);
  }
}
