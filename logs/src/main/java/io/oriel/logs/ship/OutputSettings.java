package io.oriel.logs.ship;

import io.oriel.logs.deliver.DeliverConfig;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.config.Suggestion;
import io.oriel.runtime.http.Authorization;
import io.oriel.runtime.http.BasicAuth;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.ProxyConfig;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import io.oriel.wire.compress.Compression;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Reads `output.elasticsearch`; other outputs are refused by name.
final class OutputSettings {
  private static final Set<String> OTHERS =
      Set.of("logstash", "kafka", "redis", "file", "console", "discard");
  private static final Set<String> PRESETS =
      Set.of("balanced", "throughput", "scale", "latency", "custom");
  private static final URI NOWHERE = URI.create("http://localhost:9200");

  private final Settings out;
  private final Path directory;

  private OutputSettings(Settings out, Path directory) {
    this.out = out;
    this.directory = directory;
  }

  /// What was read.
  ///
  /// @param index empty when the output does not say
  record Output(DeliverConfig delivery, HttpClientConfig client, String index, String pipeline) {}

  /// @param directory from which relative paths are taken
  static Output read(Settings root, Path directory) {
    for (String other : new TreeSet<>(OTHERS)) {
      if (root.has("output." + other) && root.bool("output." + other + ".enabled", true)) {
        root.problem(
            "output." + other,
            "output is not supported, want output.elasticsearch and nothing else");
      }
    }
    if (!root.has("output.elasticsearch")
        && root.keys().stream().noneMatch(key -> key.startsWith("output.elasticsearch."))) {
      root.problem("", "output.elasticsearch: missing, want where to ship to");
    }
    return new OutputSettings(prefixed(root), directory).read();
  }

  /// `output.elasticsearch.hosts` and `output.elasticsearch: {hosts: …}` alike.
  private static Settings prefixed(Settings root) {
    return root.map("output.elasticsearch");
  }

  private Output read() {
    out.accept(
        "enabled",
        "max_retries",
        "allow_older_versions",
        "escape_html",
        "slow_start",
        "idle_connection_timeout",
        "non_indexable_policy",
        "queue",
        "proxy_headers");
    out.refuse("indices", "conditions on the index; use index with %{[field]}");
    out.refuse("pipelines", "conditions on the pipeline; use pipeline");
    out.refuse("kerberos", "authentication by Kerberos");
    return new Output(delivery(), client(), out.string("index", ""), out.string("pipeline", ""));
  }

  private DeliverConfig delivery() {
    String preset = out.string("preset", "custom");
    if (!PRESETS.contains(preset)) {
      out.problem("preset", "got \"" + preset + "\"" + Suggestion.forWord(preset, PRESETS));
    }
    int events = preset.equals("latency") ? 50 : 1600;
    int workers = preset.equals("throughput") ? 4 : 1;
    int named = out.integer("workers", workers);
    return new DeliverConfig(
        hosts(),
        out.bool("loadbalance", true),
        Math.max(1, out.integer("worker", named)),
        new DeliverConfig.Batch(
            Math.max(1, out.integer("bulk_max_size", events)),
            Math.clamp(out.size("bulk_max_bytes", 5 << 20), 1024, 512 << 20),
            Duration.ofMillis(200)),
        packing(),
        new DeliverConfig.Retry(
            out.duration("timeout", Duration.ofSeconds(90)),
            out.duration("backoff.init", Duration.ofSeconds(1)),
            out.duration("backoff.max", Duration.ofSeconds(60))),
        parameters());
  }

  private Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    out.tree("parameters").forEach((name, value) -> parameters.put(name, String.valueOf(value)));
    return parameters;
  }

  private DeliverConfig.Packing packing() {
    int level = out.integer("compression_level", 1);
    if (level < 0 || level > 9) {
      out.problem("compression_level", "got " + level + ", want 0 to 9");
      level = 1;
    }
    Compression compression =
        out.word(
            "compression",
            level == 0 ? Compression.NONE : Compression.GZIP,
            word ->
                switch (word) {
                  case "none" -> Optional.of(Compression.NONE);
                  case "gzip" -> Optional.of(Compression.GZIP);
                  case "zstd" -> Optional.of(Compression.ZSTD);
                  default -> Optional.empty();
                },
            "gzip, zstd or none");
    return new DeliverConfig.Packing(compression, level);
  }

  private List<URI> hosts() {
    String protocol = out.string("protocol", "http");
    String path = out.string("path", "");
    List<URI> hosts = new ArrayList<>();
    for (String host : out.strings("hosts")) {
      String whole = host.contains("://") ? host : protocol + "://" + host;
      try {
        URI uri = URI.create(whole);
        if (uri.getHost() == null) {
          throw new IllegalArgumentException("no host");
        }
        boolean http = uri.getScheme().equals("http");
        String port =
            uri.getPort() > 0 ? "" : http || uri.getScheme().equals("https") ? ":9200" : "";
        String base = uri.getPath() == null || uri.getPath().equals("/") ? "" : uri.getPath();
        hosts.add(
            URI.create(
                uri.getScheme()
                    + "://"
                    + uri.getRawAuthority()
                    + port
                    + (base.isEmpty() ? slash(path) : base)));
      } catch (IllegalArgumentException _) {
        out.problem("hosts", "got \"" + host + "\", want host:port or a URL");
      }
    }
    if (hosts.isEmpty()) {
      out.problem("hosts", "missing, want at least one host");
      hosts.add(NOWHERE);
    }
    return hosts;
  }

  private static String slash(String path) {
    return path.isEmpty() || path.startsWith("/") ? path : "/" + path;
  }

  private HttpClientConfig client() {
    Optional<BasicAuth> basic =
        out.has("username")
            ? Optional.of(new BasicAuth(out.string("username", ""), "", out.secret("password"), ""))
            : Optional.empty();
    Optional<Authorization> apiKey =
        out.has("api_key")
            ? Optional.of(new Authorization("ApiKey", encoded(out.secret("api_key").reveal()), ""))
            : Optional.empty();
    if (basic.isPresent() && apiKey.isPresent()) {
      out.problem("api_key", "at most one of username and api_key must be configured");
    }
    Map<String, List<Secret>> headers = new LinkedHashMap<>();
    out.tree("headers")
        .forEach((name, value) -> headers.put(name, List.of(Secret.of(String.valueOf(value)))));
    return new HttpClientConfig(
        basic, apiKey, Optional.empty(), tls(), proxy(), false, true, headers, Map.of());
  }

  /// `id:key` as the header wants it; a key that is encoded already stays.
  private static Secret encoded(String key) {
    return Secret.of(
        key.contains(":")
            ? Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8))
            : key);
  }

  private ProxyConfig proxy() {
    out.refuse("proxy_url", "proxies");
    out.accept("proxy_disable");
    return ProxyConfig.none();
  }

  private TlsConfig tls() {
    String mode = out.string("ssl.verification_mode", "full");
    if (!Set.of("full", "strict", "none").contains(mode)) {
      out.problem(
          "ssl.verification_mode",
          "got \""
              + mode
              + "\", want full, strict or none: a certificate without the host's name"
              + " is not accepted");
    }
    out.refuse(
        "ssl.ca_trusted_fingerprint", "trust by fingerprint; give the certificate authority");
    out.refuse("ssl.ca_sha256", "pins; give the certificate authority");
    out.refuse("ssl.key_passphrase", "encrypted keys");
    out.accept(
        "ssl.enabled",
        "ssl.cipher_suites",
        "ssl.curve_types",
        "ssl.renegotiation",
        "ssl.restart_on_cert_change",
        "ssl.key_passphrase_path");
    List<String> authorities = out.strings("ssl.certificate_authorities");
    boolean oneFile = authorities.size() == 1 && !isPem(authorities.getFirst());
    String cert = out.string("ssl.certificate", "");
    String key = out.string("ssl.key", "");
    if (cert.isEmpty() != key.isEmpty()) {
      out.problem("ssl", "exactly one of certificate and key is configured, want both or none");
    }
    Set<String> versions = new TreeSet<>(out.strings("ssl.supported_protocols"));
    return new TlsConfig(
            oneFile ? "" : inline(authorities),
            oneFile ? authorities.getFirst() : "",
            isPem(cert) ? cert : "",
            isPem(cert) ? "" : cert,
            isPem(key) ? Secret.of(key) : Secret.none(),
            isPem(key) ? "" : key,
            out.string("ssl.server_name", ""),
            mode.equals("none"),
            versions.isEmpty() || versions.contains("TLSv1.2")
                ? TlsVersion.TLS12
                : TlsVersion.TLS13,
            versions.isEmpty() || versions.contains("TLSv1.3")
                ? TlsVersion.TLS13
                : TlsVersion.TLS12)
        .in(directory);
  }

  private static boolean isPem(String text) {
    return text.contains("-----BEGIN");
  }

  private String inline(List<String> authorities) {
    StringBuilder all = new StringBuilder();
    for (String authority : authorities) {
      try {
        all.append(isPem(authority) ? authority : Files.readString(directory.resolve(authority)))
            .append('\n');
      } catch (IOException e) {
        out.problem(
            "ssl.certificate_authorities", "cannot read " + authority + ": " + e.getMessage());
      }
    }
    return all.toString().strip();
  }
}
