package io.oriel.runtime.tls;

import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.config.Secret;
import java.nio.file.Path;

/// How to speak TLS as a client: Prometheus' `tls_config`. Of each inline text and its file at most
/// one is set.
///
/// @param ca PEM roots to trust instead of the platform's; empty for none
/// @param serverName the name to ask for and to verify instead of the address's host; empty for
///   none
public record TlsConfig(
    String ca,
    String caFile,
    String cert,
    String certFile,
    Secret key,
    String keyFile,
    String serverName,
    boolean insecureSkipVerify,
    TlsVersion minVersion,
    TlsVersion maxVersion) {
  /// The platform's roots, TLS 1.2 and 1.3.
  public static TlsConfig standard() {
    return new TlsConfig(
        "", "", "", "", Secret.none(), "", "", false, TlsVersion.TLS12, TlsVersion.TLS13);
  }

  /// Binds a `tls_config` mapping.
  public static TlsConfig bind(ConfigMap in) {
    TlsConfig config =
        new TlsConfig(
            in.string("ca", ""),
            in.string("ca_file", ""),
            in.string("cert", ""),
            in.string("cert_file", ""),
            in.secret("key"),
            in.string("key_file", ""),
            in.string("server_name", ""),
            in.bool("insecure_skip_verify", false),
            in.choice("min_version", TlsVersion.TLS12, TlsVersion.words()),
            in.choice("max_version", TlsVersion.TLS13, TlsVersion.words()));
    for (String name : new String[] {"ca", "cert", "key"}) {
      if (in.has(name) && in.has(name + "_file")) {
        in.problem(name, "at most one of " + name + " and " + name + "_file must be configured");
      }
      if (in.has(name + "_ref")) {
        in.problem(name + "_ref", "secret references need a secret store, which is not configured");
      }
    }
    boolean hasCert = in.has("cert") || in.has("cert_file");
    boolean hasKey = in.has("key") || in.has("key_file");
    if (hasCert != hasKey) {
      in.problem("", "exactly one of cert or key is configured, want both or none");
    }
    if (config.minVersion.compareTo(config.maxVersion) > 0) {
      in.problem("max_version", "must not be lower than min_version");
    }
    return config;
  }

  /// The same with every relative file name taken from {@code directory}.
  public TlsConfig in(Path directory) {
    return new TlsConfig(
        ca,
        resolved(directory, caFile),
        cert,
        resolved(directory, certFile),
        key,
        resolved(directory, keyFile),
        serverName,
        insecureSkipVerify,
        minVersion,
        maxVersion);
  }

  private static String resolved(Path directory, String file) {
    return file.isEmpty() ? file : directory.resolve(file).toString();
  }

  /// Whether there is a certificate of our own to show.
  public boolean hasKeyPair() {
    return !(cert.isEmpty() && certFile.isEmpty());
  }

  /// Whether other roots than the platform's are trusted.
  public boolean hasRoots() {
    return !(ca.isEmpty() && caFile.isEmpty());
  }
}
