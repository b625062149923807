package io.oriel.federation.bucket;

import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.tls.TlsConfig;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The `config` of an S3 bucket, with the keys of Thanos' objstore. Keys that tune the connection
/// pool of another HTTP client (`idle_conn_timeout`, `max_conns_per_host` and such) are read and
/// have no effect.
///
/// @param endpoint host and port, without scheme
/// @param insecure plain HTTP
/// @param accessKey empty: the credentials of the environment, as the AWS SDK finds them
/// @param pathStyle the bucket's name in the path instead of the host; empty: in the path unless
///   the endpoint is Amazon's
/// @param partBytes size of the parts of a multipart upload, which smaller objects need none of
/// @param encryption at rest, done by the store
/// @param responseTimeout how long to wait for an answer
record S3Config(
    String bucket,
    String endpoint,
    String region,
    boolean insecure,
    String accessKey,
    Secret secretKey,
    Secret sessionToken,
    Optional<Boolean> pathStyle,
    boolean multipart,
    long partBytes,
    boolean sendMd5,
    Map<String, String> metadata,
    Encryption encryption,
    TlsConfig tls,
    Duration responseTimeout,
    int retries)
    implements BucketConfig.Store {
  private static final long SMALLEST_PART = 5L << 20;

  /** The name under which Thanos hides the storage class among the metadata. */
  static final String STORAGE_CLASS = "x-amz-storage-class";

  S3Config {
    metadata = Map.copyOf(metadata);
  }

  /// How the store encrypts.
  enum EncryptionKind {
    NONE,
    S3,
    KMS,
    CUSTOMER
  }

  /// @param keyFile of a customer's key, 32 bytes
  record Encryption(
      EncryptionKind kind, String kmsKey, Map<String, String> kmsContext, String keyFile) {
    Encryption {
      kmsContext = Map.copyOf(kmsContext);
    }
  }

  static S3Config bind(ConfigMap in) {
    readIneffective(in);
    ConfigMap http = in.map("http_config");
    TlsConfig tls = TlsConfig.bind(http.map("tls_config"));
    if (http.bool("insecure_skip_verify", false)) {
      tls = insecure(tls);
    }
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
    S3Config config =
        new S3Config(
            in.requiredString("bucket"),
            in.requiredString("endpoint"),
            in.string("region", ""),
            in.bool("insecure", false),
            in.string("access_key", ""),
            in.secret("secret_key"),
            in.secret("session_token"),
            in.choice(
                "bucket_lookup_type",
                Optional.empty(),
                Map.of(
                    "auto", Optional.empty(),
                    "path", Optional.of(true),
                    "virtual-hosted", Optional.of(false))),
            !in.bool("disable_multipart", false),
            in.integer("part_size", 64L << 20),
            in.bool("send_content_md5", true),
            in.stringMap("put_user_metadata"),
            encryption(in.map("sse_config")),
            tls,
            Duration.ofMillis(http.durationMillis("response_header_timeout", 120_000)),
            (int) in.integer("max_retries", 0));
    config.check(in);
    return config;
  }

  private static void readIneffective(ConfigMap in) {
    in.has("disable_dualstack");
    in.has("aws_sdk_auth");
    in.map("trace").has("enable");
    if (in.bool("signature_version2", false)) {
      in.problem("signature_version2", "got true, want false: only version 4 is spoken");
    }
    if (in.string("list_objects_version", "").equals("v1")) {
      in.problem("list_objects_version", "got v1, want v2");
    }
    if (!in.string("sts_endpoint", "").isEmpty()) {
      in.problem("sts_endpoint", "not supported, want the AWS_ENDPOINT_URL_STS variable");
    }
  }

  private static TlsConfig insecure(TlsConfig tls) {
    return new TlsConfig(
        tls.ca(),
        tls.caFile(),
        tls.cert(),
        tls.certFile(),
        tls.key(),
        tls.keyFile(),
        tls.serverName(),
        true,
        tls.minVersion(),
        tls.maxVersion());
  }

  private static Encryption encryption(ConfigMap in) {
    EncryptionKind kind =
        in.choice(
            "type",
            EncryptionKind.NONE,
            Map.of(
                "", EncryptionKind.NONE,
                "SSE-S3", EncryptionKind.S3,
                "SSE-KMS", EncryptionKind.KMS,
                "SSE-C", EncryptionKind.CUSTOMER));
    Encryption encryption =
        new Encryption(
            kind,
            in.string("kms_key_id", ""),
            in.stringMap("kms_encryption_context"),
            in.string("encryption_key", ""));
    if (kind == EncryptionKind.KMS && encryption.kmsKey().isEmpty()) {
      in.problem("kms_key_id", "missing, want the id of a key");
    }
    if (kind == EncryptionKind.CUSTOMER && encryption.keyFile().isEmpty()) {
      in.problem("encryption_key", "missing, want the file of a key");
    }
    return encryption;
  }

  private void check(ConfigMap in) {
    if (accessKey.isEmpty() != secretKey.isEmpty()) {
      in.problem("access_key", "exactly one of access_key and secret_key, want both or none");
    }
    if (partBytes < SMALLEST_PART) {
      in.problem("part_size", "got " + partBytes + ", want at least " + SMALLEST_PART);
    }
    if (endpoint.contains("://")) {
      in.problem("endpoint", "got a URL, want host and port");
    }
  }

  /// Whether the bucket's name goes into the path.
  boolean usesPath() {
    return pathStyle.orElse(!endpoint.toLowerCase(Locale.ROOT).endsWith("amazonaws.com"));
  }
}
