package io.oriel.federation.bucket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.oriel.disk.FileDisk;
import io.oriel.model.error.Kind;
import io.oriel.runtime.config.ConfigException;
import io.oriel.testkit.Seed;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.time.InstantSource;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Against s3proxy in this process, with its objects in memory, through the whole stack of
/// decorators and as Thanos' YAML says it.
class S3BucketTest implements BucketContract {
  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private static S3Proxy server;
  private static BlobStoreContext context;
  private static BlobStore store;

  @BeforeAll
  static void start() throws Exception {
    context =
        ContextBuilder.newBuilder("transient")
            .credentials("key", "secret")
            .overrides(new Properties())
            .build(BlobStoreContext.class);
    store = context.getBlobStore();
    server =
        S3Proxy.builder()
            .blobStore(store)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "key", "secret")
            .build();
    server.start();
  }

  @AfterAll
  static void stop() throws Exception {
    server.stop();
    context.close();
  }

  private static String yaml(String bucket, String more) {
    return """
        type: S3
        config:
          bucket: %s
          endpoint: 127.0.0.1:%d
          access_key: key
          secret_key: secret
          insecure: true
          part_size: 5242880
        %s
        prefix: tenant/a
        """
        .formatted(bucket, server.getPort(), more);
  }

  private static Bucket open(String yaml) {
    BucketParts parts =
        new BucketParts(
            new FileDisk(),
            new BucketMetrics(new PrometheusRegistry()),
            InstantSource.system(),
            new AtomicLong()::incrementAndGet,
            _ -> {},
            Seed.random("s3"));
    return BucketConfig.parse("bucket.yml", yaml).open(parts, BucketLimits.standard());
  }

  @Override
  public Bucket bucket() {
    String name = "bucket" + BUCKETS.incrementAndGet();
    store.createContainerInLocation(null, name);
    return open(yaml(name, ""));
  }

  @Test
  void saysForbiddenWhenTheKeyIsWrong() {
    Bucket bucket = open(yaml("any", "").replace("secret_key: secret", "secret_key: wrong"));

    BucketException e = assertThrows(BucketException.class, () -> bucket.read("x", 10));

    assertEquals(Kind.FORBIDDEN, e.kind());
  }

  @Test
  void saysUnavailableWhenNobodyListens() {
    Bucket bucket = open(yaml("any", "").replaceAll("127.0.0.1:[0-9]+", "127.0.0.1:1"));

    BucketException e = assertThrows(BucketException.class, () -> bucket.read("x", 10));

    assertEquals(Kind.UNAVAILABLE, e.kind());
  }

  @Test
  void readsEveryKeyOfThanosConfig() {
    BucketConfig config =
        BucketConfig.parse(
            "bucket.yml",
            """
            type: S3
            config:
              bucket: "b"
              endpoint: "s3.eu-west-1.amazonaws.com"
              region: ""
              disable_dualstack: false
              aws_sdk_auth: false
              access_key: ""
              insecure: false
              signature_version2: false
              secret_key: ""
              session_token: ""
              put_user_metadata: {X-Amz-Storage-Class: STANDARD_IA}
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
              trace: {enable: false}
              list_objects_version: ""
              bucket_lookup_type: auto
              send_content_md5: true
              disable_multipart: false
              part_size: 67108864
              sse_config:
                type: ""
                kms_key_id: ""
                kms_encryption_context: {}
                encryption_key: ""
              sts_endpoint: ""
              max_retries: 0
            prefix: ""
            """);

    assertEquals(S3Config.class, config.store().getClass());
    assertEquals(false, ((S3Config) config.store()).usesPath());
  }

  @Test
  void refusesAKeyWithoutItsSecret() {
    assertThrows(
        ConfigException.class,
        () ->
            BucketConfig.parse(
                "bucket.yml", "type: S3\nconfig: {bucket: b, endpoint: \"h:1\", access_key: a}\n"));
  }

  @Test
  void uploadsInParts() {
    Bucket bucket = bucket();
    byte[] content = new byte[5242880 * 2 + 1];
    Seed.random("parts").nextBytes(content);

    bucket.upload("big", Content.of(content));

    assertArrayEquals(content, bucket.read("big", content.length));
  }
}
