package io.oriel.runtime.http;

import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// TLS and basic authentication of a server: the file behind `--web.config.file` (Prometheus
/// exporter-toolkit).
///
/// @param users bcrypt hashes by user name; empty for no authentication
/// @param headers headers to add to every answer
public record WebConfig(Optional<Tls> tls, Map<String, Secret> users, Map<String, String> headers) {
  /// How client certificates are treated; words as in Go's `tls.ClientAuthType`.
  public enum ClientAuth {
    /** Not asked for. */
    NONE,
    /** Asked for; one that is sent must be valid. */
    OPTIONAL,
    /** Wanted and verified. */
    REQUIRED
  }

  /// The TLS half.
  ///
  /// @param revocations a file of CRLs, looked at with every call; none when nothing is ever
  ///   revoked
  public record Tls(TlsConfig material, ClientAuth clientAuth, Optional<Path> revocations) {}

  public WebConfig {
    users = Map.copyOf(users);
    headers = Map.copyOf(headers);
  }

  /// Plain HTTP for everyone.
  public static WebConfig open() {
    return new WebConfig(Optional.empty(), Map.of(), Map.of());
  }

  /// Loads and checks {@code file}; relative paths in it start at its directory.
  public static WebConfig load(Path file) throws IOException {
    ConfigDocument document = ConfigDocument.load(file);
    WebConfig config = bind(document.root(), file.toAbsolutePath());
    document.check();
    return config;
  }

  private static WebConfig bind(ConfigMap in, Path file) {
    Optional<Tls> tls =
        in.has("tls_server_config")
            ? Optional.of(bindTls(in.map("tls_server_config"), file))
            : Optional.empty();
    Map<String, Secret> users = new LinkedHashMap<>();
    in.stringMap("basic_auth_users").forEach((user, hash) -> users.put(user, Secret.of(hash)));
    ConfigMap http = in.map("http_server_config");
    http.bool("http2", true);
    return new WebConfig(tls, users, http.stringMap("headers"));
  }

  private static Tls bindTls(ConfigMap in, Path file) {
    Map<String, ClientAuth> words = new LinkedHashMap<>();
    words.put("NoClientCert", ClientAuth.NONE);
    words.put("RequestClientCert", ClientAuth.OPTIONAL);
    words.put("VerifyClientCertIfGiven", ClientAuth.OPTIONAL);
    words.put("RequireAnyClientCert", ClientAuth.REQUIRED);
    words.put("RequireAndVerifyClientCert", ClientAuth.REQUIRED);
    words.put("", ClientAuth.NONE);
    ClientAuth auth = in.choice("client_auth_type", ClientAuth.NONE, words);
    for (String ignored :
        new String[] {"cipher_suites", "curve_preferences", "prefer_server_cipher_suites"}) {
      in.has(ignored);
    }
    in.strings("client_allowed_sans");
    String ca = sibling(in, "client_ca_file", file);
    if (auth == ClientAuth.REQUIRED && ca.isEmpty() && !in.has("client_ca")) {
      in.problem("client_auth_type", "wants client certificates, so client_ca_file must be set");
    }
    TlsConfig material =
        new TlsConfig(
            in.string("client_ca", ""),
            ca,
            in.string("cert", ""),
            sibling(in, "cert_file", file),
            in.secret("key"),
            sibling(in, "key_file", file),
            "",
            false,
            in.choice("min_version", TlsVersion.TLS12, TlsVersion.words()),
            in.choice("max_version", TlsVersion.TLS13, TlsVersion.words()));
    if (!material.hasKeyPair() || (material.key().isEmpty() && material.keyFile().isEmpty())) {
      in.problem("", "cert_file and key_file must be set");
    }
    return new Tls(material, auth, Optional.empty());
  }

  private static String sibling(ConfigMap in, String key, Path file) {
    String name = in.string(key, "");
    return name.isEmpty() ? "" : file.resolveSibling(name).toString();
  }
}
