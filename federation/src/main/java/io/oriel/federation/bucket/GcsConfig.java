package io.oriel.federation.bucket;

import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.config.Secret;
import java.time.Duration;

/// The `config` of a Google Cloud Storage bucket, with the keys of Thanos' objstore. Keys that tune
/// another HTTP client or its retries are read and have no effect: retries are our own.
///
/// @param serviceAccount a service account's key as JSON; empty: the environment's own credentials,
///   or none at all where {@code endpoint} is one of plain HTTP
/// @param endpoint where the JSON API is, for private endpoints and emulators (Oriel's own); empty:
///   Google's
/// @param chunkBytes how much of a large object is sent at once
/// @param responseTimeout how long to wait for an answer
record GcsConfig(
    String bucket, Secret serviceAccount, String endpoint, int chunkBytes, Duration responseTimeout)
    implements BucketConfig.Store {
  private static final int DEFAULT_CHUNK = 8 << 20;
  private static final int CHUNK_UNIT = 256 << 10;
  private static final int LARGEST_CHUNK = 256 << 20;

  static GcsConfig bind(ConfigMap in) {
    readIneffective(in);
    return new GcsConfig(
        in.requiredString("bucket"),
        in.secret("service_account"),
        endpoint(in),
        chunk(in),
        Duration.ofMillis(
            in.map("http_config").durationMillis("response_header_timeout", 120_000)));
  }

  private static String endpoint(ConfigMap in) {
    String endpoint = in.string("endpoint", "");
    if (!endpoint.isEmpty() && !endpoint.matches("https?://[^/]+/?")) {
      in.problem("endpoint", "got \"" + endpoint + "\", want a URL without a path");
    }
    return endpoint;
  }

  /// The service takes chunks of a multiple of 256 KiB only.
  private static int chunk(ConfigMap in) {
    long chunk = in.integer("chunk_size_bytes", 0);
    if (chunk < 0 || chunk > LARGEST_CHUNK) {
      in.problem("chunk_size_bytes", "got " + chunk + ", want 0 to " + LARGEST_CHUNK);
      return DEFAULT_CHUNK;
    }
    return chunk == 0
        ? DEFAULT_CHUNK
        : Math.toIntExact((chunk + CHUNK_UNIT - 1) / CHUNK_UNIT * CHUNK_UNIT);
  }

  private static void readIneffective(ConfigMap in) {
    in.has("max_retries");
    in.has("grpc_conn_pool_size");
    if (in.bool("use_grpc", false)) {
      in.problem("use_grpc", "got true, want false: only the JSON API is spoken");
    }
    ConfigMap http = in.map("http_config");
    for (String key :
        new String[] {
          "idle_conn_timeout",
          "tls_handshake_timeout",
          "expect_continue_timeout",
          "max_idle_conns",
          "max_idle_conns_per_host",
          "max_conns_per_host",
          "disable_compression"
        }) {
      http.has(key);
    }
    if (http.bool("insecure_skip_verify", false)) {
      http.problem("insecure_skip_verify", "got true, want false: servers are verified");
    }
    ConfigMap tls = http.map("tls_config");
    for (String key : new String[] {"ca_file", "cert_file", "key_file", "server_name"}) {
      if (!tls.string(key, "").isEmpty()) {
        tls.problem(key, "not supported, want the roots in the platform's trust store");
      }
    }
    if (tls.bool("insecure_skip_verify", false)) {
      tls.problem("insecure_skip_verify", "got true, want false: servers are verified");
    }
  }

  boolean isPlain() {
    return endpoint.startsWith("http://");
  }
}
