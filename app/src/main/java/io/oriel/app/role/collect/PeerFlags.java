package io.oriel.app.role.collect;

import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The `--collector.peers*` flags: several collectors as one.
final class PeerFlags {
  private static final String NAMES = "--collector.peers";
  private static final String SELF = "--collector.peers.self";

  @Option(
      names = NAMES,
      split = ",",
      paramLabel = "ADDRESSES",
      description =
          "Where all collectors of the cluster take OTLP over gRPC: host:port, or dns+, dnssrv+ or"
              + " dnssrvnoa+ and a name. Each trace then comes together at one of them, for tail"
              + " sampling and dependencies, and adaptive sampling counts what all see.")
  private List<String> names = List.of();

  @Option(
      names = SELF,
      paramLabel = "HOST:PORT",
      description = "Which of these addresses is our own, such as $(POD_IP):4317.")
  private String self = "";

  @Option(
      names = "--collector.peers.tls.ca",
      paramLabel = "FILE",
      description = "Roots of the collectors' certificates; plain text without.")
  private String ca = "";

  @Option(
      names = "--collector.peers.tls.cert",
      paramLabel = "FILE",
      description = "Our own certificate towards them.")
  private String cert = "";

  @Option(names = "--collector.peers.tls.key", paramLabel = "FILE", description = "Its key.")
  private String key = "";

  @Option(
      names = "--collector.peers.tls.server-name",
      paramLabel = "NAME",
      description = "Expected in their certificates instead of the address.")
  private String serverName = "";

  /// @throws OrielException of kind INVALID when one flag lacks another
  Optional<CollectPeering> peering() {
    if (names.isEmpty() != self.isEmpty()) {
      throw OrielException.invalid("want both " + NAMES + " and " + SELF + ", or neither");
    }
    if (cert.isEmpty() != key.isEmpty()) {
      throw OrielException.invalid(
          "want both --collector.peers.tls.cert and --collector.peers.tls.key, or neither");
    }
    if (ca.isEmpty() && !(cert + serverName).isEmpty()) {
      throw OrielException.invalid("--collector.peers.tls.*: want --collector.peers.tls.ca too");
    }
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(new CollectPeering(self, names, ca.isEmpty() ? Optional.empty() : tls()));
  }

  private Optional<TlsConfig> tls() {
    return Optional.of(
        new TlsConfig(
            "",
            ca,
            "",
            cert,
            Secret.none(),
            key,
            serverName,
            false,
            TlsVersion.TLS12,
            TlsVersion.TLS13));
  }
}
