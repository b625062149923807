package io.oriel.federation.bucket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.FileDisk;
import io.oriel.model.error.Kind;
import io.oriel.runtime.config.ConfigException;
import io.oriel.testkit.Seed;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Against the REST API as it is documented, in this process, through the whole stack of decorators
/// and as Thanos' YAML says it.
class AzureBucketTest implements BucketContract {
  private static final AtomicInteger CONTAINERS = new AtomicInteger();
  private static FakeAzure server;

  @BeforeAll
  static void start() throws IOException {
    server = new FakeAzure();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String yaml(String container) {
    return """
        type: AZURE
        config:
          container: %s
          storage_connection_string: "%s"
        prefix: tenant/a
        """
        .formatted(container, server.connectionString());
  }

  private static Bucket open(String yaml) {
    BucketParts parts =
        new BucketParts(
            new FileDisk(),
            new BucketMetrics(new PrometheusRegistry()),
            InstantSource.system(),
            new AtomicLong()::incrementAndGet,
            _ -> {},
            Seed.random("azure"));
    return BucketConfig.parse("bucket.yml", yaml).open(parts, BucketLimits.standard());
  }

  @Override
  public Bucket bucket() {
    return open(yaml("container" + CONTAINERS.incrementAndGet()));
  }

  @Test
  void uploadsInBlocks() {
    Bucket bucket = bucket();
    byte[] content = new byte[(16 << 20) + 1];
    Seed.random("blocks").nextBytes(content);
    int before = server.committed();

    bucket.upload("big", Content.of(content));

    assertEquals(before + 1, server.committed());
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
  void readsEveryKeyOfThanosConfig() {
    BucketConfig config =
        BucketConfig.parse(
            "bucket.yml",
            """
            type: AZURE
            config:
              storage_account: "acc"
              storage_account_key: "a2V5"
              storage_connection_string: ""
              storage_create_container: false
              container: "c"
              endpoint: "blob.core.windows.net"
              user_assigned_id: ""
              max_retries: 0
              reader_config: {max_retry_requests: 0}
              pipeline_config:
                max_tries: 0
                try_timeout: 0s
                retry_delay: 0s
                max_retry_delay: 0s
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
              msi_resource: ""
            prefix: ""
            """);

    assertEquals("https://acc.blob.core.windows.net", ((AzureConfig) config.store()).url());
  }

  @Test
  void refusesAnAccountWithoutItsKey() {
    ConfigException refused =
        assertThrows(
            ConfigException.class,
            () ->
                BucketConfig.parse(
                    "bucket.yml", "type: AZURE\nconfig: {container: c, storage_account: a}\n"));
    assertTrue(refused.reason().contains("storage_account_key"));
    assertThrows(
        ConfigException.class,
        () ->
            BucketConfig.parse(
                "bucket.yml",
                "type: AZURE\nconfig: {container: c, storage_connection_string: x, client_id: y}\n"));
  }
}
