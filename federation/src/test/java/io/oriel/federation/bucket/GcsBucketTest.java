package io.oriel.federation.bucket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.FileDisk;
import io.oriel.model.error.Kind;
import io.oriel.runtime.config.ConfigException;
import io.oriel.testkit.Seed;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.security.KeyPairGenerator;
import java.time.InstantSource;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Against the JSON API as it is documented, in this process, through the whole stack of decorators
/// and as Thanos' YAML says it.
class GcsBucketTest implements BucketContract {
  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private static FakeGcs server;

  @BeforeAll
  static void start() throws IOException {
    server = new FakeGcs();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String yaml(String bucket) {
    return """
        type: GCS
        config:
          bucket: %s
          endpoint: %s
        prefix: tenant/a
        """
        .formatted(bucket, server.url());
  }

  private static Bucket open(String yaml) {
    BucketParts parts =
        new BucketParts(
            new FileDisk(),
            new BucketMetrics(new PrometheusRegistry()),
            InstantSource.system(),
            new AtomicLong()::incrementAndGet,
            _ -> {},
            Seed.random("gcs"));
    return BucketConfig.parse("bucket.yml", yaml).open(parts, BucketLimits.standard());
  }

  @Override
  public Bucket bucket() {
    return open(yaml("bucket" + BUCKETS.incrementAndGet()));
  }

  @Test
  void uploadsLargeObjectsInChunks() {
    Bucket bucket = bucket();
    byte[] content = new byte[(16 << 20) + 1];
    Seed.random("chunks").nextBytes(content);
    int before = server.chunks();

    bucket.upload("big", Content.of(content));

    assertEquals(before + 3, server.chunks());
    assertArrayEquals(content, bucket.read("big", content.length));
  }

  @Test
  void triesAgainWhenTheStoreIsBusy() {
    Bucket bucket = bucket();
    server.refuse(2);

    bucket.upload("x", Content.of("x"));

    assertTrue(bucket.exists("x"));
  }

  @Test
  void saysUnavailableWhenNobodyListens() {
    Bucket bucket = open(yaml("any").replaceAll("127.0.0.1:[0-9]+", "127.0.0.1:1"));

    BucketException e = assertThrows(BucketException.class, () -> bucket.read("x", 10));

    assertEquals(Kind.UNAVAILABLE, e.kind());
  }

  @Test
  void asksWithAServiceAccountsToken() throws Exception {
    KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
    keys.initialize(2048);
    String key =
        Base64.getEncoder().encodeToString(keys.generateKeyPair().getPrivate().getEncoded());
    String account =
        """
        {"type": "service_account", "project_id": "p", "private_key_id": "1",
         "private_key": "-----BEGIN PRIVATE KEY-----\\n%s\\n-----END PRIVATE KEY-----\\n",
         "client_email": "a@p.iam.gserviceaccount.com", "client_id": "1", "token_uri": "%s/token"}
        """
            .formatted(key, server.url());
    String yaml =
        yaml("guarded")
            .replace(
                "prefix:",
                "  service_account: |\n" + account.indent(4).stripTrailing() + "\nprefix:");
    server.demandTokens(true);
    try {
      BucketException e =
          assertThrows(
              BucketException.class, () -> open(yaml("guarded")).upload("x", Content.of("x")));
      assertEquals(Kind.UNAUTHENTICATED, e.kind());
      int before = server.tokens();
      Bucket bucket = open(yaml);
      bucket.upload("x", Content.of("x"));
      assertTrue(bucket.exists("x"));
      assertEquals(before + 1, server.tokens());
      assertFalse(BucketConfig.parse("bucket.yml", yaml).toString().contains(key));
    } finally {
      server.demandTokens(false);
    }
  }

  @Test
  void saysUnauthenticatedWhenTheServiceAccountIsNone() {
    Bucket bucket = open(yaml("any").replace("prefix:", "  service_account: \"{}\"\nprefix:"));

    BucketException e = assertThrows(BucketException.class, () -> bucket.read("x", 10));

    assertEquals(Kind.UNAUTHENTICATED, e.kind());
  }

  @Test
  void readsEveryKeyOfThanosConfig() {
    BucketConfig config =
        BucketConfig.parse(
            "bucket.yml",
            """
            type: GCS
            config:
              bucket: "b"
              service_account: ""
              use_grpc: false
              grpc_conn_pool_size: 0
              http_config:
                idle_conn_timeout: 1m30s
                response_header_timeout: 2m
                insecure_skip_verify: false
                tls_handshake_timeout: 10s
                expect_continue_timeout: 1s
                max_idle_conns: 100
                max_idle_conns_per_host: 100
                max_conns_per_host: 0
                tls_config:
                  ca_file: ""
                  cert_file: ""
                  key_file: ""
                  server_name: ""
                  insecure_skip_verify: false
                disable_compression: false
              chunk_size_bytes: 300000
              max_retries: 0
            prefix: ""
            """);

    assertEquals(512 << 10, ((GcsConfig) config.store()).chunkBytes());
  }

  @Test
  void refusesWhatItCannotDo() {
    ConfigException refused =
        assertThrows(
            ConfigException.class,
            () ->
                BucketConfig.parse(
                    "bucket.yml",
                    "type: GCS\nconfig: {use_grpc: true, endpoint: \"h:1\", chunk_size_bytes: -1}\n"));
    for (String key : new String[] {"bucket", "use_grpc", "endpoint", "chunk_size_bytes"}) {
      assertTrue(refused.reason().contains(key), refused::reason);
    }
  }
}
