package io.oriel.app.role.query;

import io.oriel.app.flag.GrpcServerFlags;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcClientConfig.Compression;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The `--grpc-client-*` flags and `--grpc-compression`.
final class GrpcClientFlags {
  @Option(names = "--grpc-client-tls-secure", description = "Use TLS.")
  private boolean secure;

  @Option(names = "--grpc-client-tls-skip-verify", description = "Trust any server.")
  private boolean skipVerify;

  @Option(names = "--grpc-client-tls-cert", paramLabel = "FILE", description = "Own certificate.")
  private String cert = "";

  @Option(names = "--grpc-client-tls-key", paramLabel = "FILE", description = "Its key.")
  private String key = "";

  @Option(
      names = "--grpc-client-tls-ca",
      paramLabel = "FILE",
      description = "Roots of servers; the platform's without.")
  private String ca = "";

  @Option(
      names = "--grpc-client-tls-min-version",
      paramLabel = "VERSION",
      description = "1.2 or 1.3.")
  private String minVersion = "1.3";

  @Option(
      names = "--grpc-client-server-name",
      paramLabel = "NAME",
      description = "Name that servers' certificates must have, instead of the address.")
  private String serverName = "";

  @Option(names = "--grpc-compression", paramLabel = "NAME", description = "snappy, gzip or none.")
  private String compression = "none";

  /// Checked here, so that a wrong flag stops the start and not the first connection.
  GrpcClientConfig config(String address) {
    if (!secure && !(cert.isEmpty() && key.isEmpty() && ca.isEmpty())) {
      throw OrielException.invalid("--grpc-client-tls-* needs --grpc-client-tls-secure");
    }
    Optional<TlsConfig> tls =
        secure
            ? Optional.of(
                new TlsConfig(
                    "",
                    ca,
                    "",
                    cert,
                    Secret.none(),
                    key,
                    serverName,
                    skipVerify,
                    GrpcServerFlags.version("--grpc-client-tls-min-version", minVersion),
                    TlsVersion.TLS13))
            : Optional.empty();
    return new GrpcClientConfig(address, tls, compression(), Integer.MAX_VALUE);
  }

  private Compression compression() {
    return switch (compression) {
      case "none" -> Compression.NONE;
      case "snappy" -> Compression.SNAPPY;
      case "gzip" -> Compression.GZIP;
      default ->
          throw OrielException.invalid(
              "--grpc-compression: got " + compression + ", want none, snappy or gzip");
    };
  }
}
