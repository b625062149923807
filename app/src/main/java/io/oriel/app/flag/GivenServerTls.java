package io.oriel.app.flag;

import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.WebConfig;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// TLS of a server as flags give it; empty text for what is not given.
///
/// @param prefix of the flags' names, before `cert`, `key`, `client-ca`, `client-crl` and
///   `min-version`
public record GivenServerTls(
    String prefix, String cert, String key, String clientCa, String clientCrl, String minVersion) {
  /// None without a certificate.
  ///
  /// @throws OrielException of kind INVALID when one flag lacks another
  public Optional<GrpcServerConfig.ServerTls> tls() {
    if (cert.isEmpty() != key.isEmpty()) {
      throw OrielException.invalid(
          "both " + prefix + "cert and " + prefix + "key must be given, or none");
    }
    if (cert.isEmpty() && !clientCa.isEmpty()) {
      throw OrielException.invalid(prefix + "client-ca needs " + prefix + "cert");
    }
    if (clientCa.isEmpty() && !clientCrl.isEmpty()) {
      throw OrielException.invalid(prefix + "client-crl needs " + prefix + "client-ca");
    }
    return cert.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new GrpcServerConfig.ServerTls(
                new TlsConfig(
                    "",
                    clientCa,
                    "",
                    cert,
                    Secret.none(),
                    key,
                    "",
                    false,
                    GrpcServerFlags.version(prefix + "min-version", minVersion),
                    TlsVersion.TLS13),
                clientCrl.isEmpty() ? Optional.empty() : Optional.of(Path.of(clientCrl))));
  }

  /// The same for HTTP: clients have to show a certificate where there are roots for them.
  ///
  /// @throws OrielException as {@link #tls}
  public WebConfig web() {
    WebConfig.ClientAuth auth =
        clientCa.isEmpty() ? WebConfig.ClientAuth.NONE : WebConfig.ClientAuth.REQUIRED;
    Optional<WebConfig.Tls> https =
        tls().map(tls -> new WebConfig.Tls(tls.material(), auth, tls.revocations()));
    return new WebConfig(https, Map.of(), Map.of());
  }
}
