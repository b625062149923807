package io.oriel.app.topology;

import io.oriel.gateway.pki.CertificateAuthority;
import io.oriel.gateway.pki.CertificateWish;
import io.oriel.gateway.pki.Pki;
import io.oriel.gateway.pki.Trust;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Mutual TLS between a platform's roles: every role has a certificate of its own, which it shows
/// as a server and as a client, under the root of metrics or the one of logs and traces.
/// Thread-safe.
final class Certificates {
  private static final int MAX_MESSAGE_BYTES = 64 << 20;
  private static final Duration MAX_CONNECTION_AGE = Duration.ofMinutes(60);

  private final Pki pki;
  private final CertificateAuthority authority;
  private final CertificateAuthority logs;

  private Certificates(Pki pki) {
    this.pki = pki;
    this.authority = pki.authority(Trust.METRICS);
    this.logs = pki.authority(Trust.LOGS_TRACES);
  }

  /// @param directory the platform's; the roots are made when there are none
  static Certificates open(Path directory) throws IOException {
    return new Certificates(
        Pki.openOrCreate(directory.resolve("pki"), InstantSource.system(), new SecureRandom()));
  }

  /// Both roots.
  Pki pki() {
    return pki;
  }

  /// Sees to it that every role of the topology has a certificate.
  void ensure(Topology topology) throws IOException {
    for (Topology.Cluster cluster : topology.clusters()) {
      for (String role : ClusterRoles.names(topology, cluster)) {
        authority.ensure(wish(cluster.name(), role));
      }
      for (String role : LogRoles.certified(topology, cluster)) {
        logs.ensure(wish(cluster.name(), role));
      }
      for (String role : TraceRoles.certified(topology)) {
        logs.ensure(wish(cluster.name(), role));
      }
    }
  }

  private static CertificateWish wish(String cluster, String role) {
    return new CertificateWish(
        ClusterRoles.fullName(cluster, role),
        cluster,
        List.of("127.0.0.1", "localhost"),
        CertificateWish.STANDARD_VALIDITY);
  }

  /// A server that wants a certificate of the same root, and no revoked one.
  GrpcServerConfig server(String address, String cluster, String role) {
    return new GrpcServerConfig(
        address,
        Optional.of(
            new GrpcServerConfig.ServerTls(
                material(authority, cluster, role), Optional.of(authority.revocationsFile()))),
        MAX_MESSAGE_BYTES,
        MAX_CONNECTION_AGE);
  }

  /// A client that shows the role's certificate.
  GrpcClientConfig client(String address, String cluster, String role) {
    return new GrpcClientConfig(
        address,
        Optional.of(material(authority, cluster, role)),
        GrpcClientConfig.Compression.NONE,
        Integer.MAX_VALUE);
  }

  /// What a server of logs or traces shows, and whom it lets in.
  GrpcServerConfig.ServerTls logServer(String cluster, String role) {
    return new GrpcServerConfig.ServerTls(
        material(logs, cluster, role), Optional.of(logs.revocationsFile()));
  }

  /// The root of logs and traces, whose files a shipper's config names.
  CertificateAuthority logAuthority() {
    return logs;
  }

  private static TlsConfig material(CertificateAuthority root, String cluster, String role) {
    String name = ClusterRoles.fullName(cluster, role);
    return new TlsConfig(
        "",
        root.rootFile().toString(),
        "",
        root.certificateFile(name).toString(),
        Secret.none(),
        root.keyFile(name).toString(),
        "",
        false,
        TlsVersion.TLS13,
        TlsVersion.TLS13);
  }
}
