package io.oriel.federation.storegateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketException;
import io.oriel.federation.bucket.Content;
import io.oriel.federation.bucket.FaultyBucket;
import io.oriel.federation.bucket.MemoryBucket;
import io.oriel.model.error.Kind;
import io.oriel.runtime.config.ConfigException;
import io.oriel.testkit.Seed;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CachingBucketTest {
  private static final String CHUNKS = "01ARZ3NDEKTSV4RRFFQ69G5FAV/chunks/000001";
  private static final String META = "01ARZ3NDEKTSV4RRFFQ69G5FAV/meta.json";

  private final FaultyBucket inner = new FaultyBucket(new MemoryBucket());
  private final AtomicLong nanos = new AtomicLong();

  private Bucket cached(String yaml) {
    return new CachingBucket(
        inner,
        CachingBucketYaml.parse("cache.yml", "type: IN-MEMORY\n" + yaml),
        new PrometheusRegistry(),
        nanos::get);
  }

  private long reads() {
    return inner.log().stream().filter(line -> line.startsWith("get ")).count();
  }

  @Test
  void anyRangeIsAsInTheBucket() {
    SplittableRandom random = Seed.random("caching-bucket");
    byte[] content = new byte[100_000];
    random.nextBytes(content);
    inner.upload(CHUNKS, Content.of(content));
    Bucket bucket = cached("chunk_subrange_size: 1000\nconfig: {max_size: 40KB}\n");

    for (int i = 0; i < Seed.iterations(500); i++) {
      int offset = random.nextInt(101_000);
      int length = random.nextInt(1, 20_000);
      byte[] wanted =
          offset >= content.length
              ? new byte[0]
              : Arrays.copyOfRange(content, offset, Math.min(offset + length, content.length));
      assertArrayEquals(wanted, bucket.read(CHUNKS, offset, length), Seed.replay(i));
    }
  }

  @Test
  void whatWasReadIsThereDuringAnOutage() {
    inner.upload(CHUNKS, Content.of(new byte[50_000]));
    inner.upload(META, Content.of("{}"));
    Bucket bucket = cached("");
    bucket.read(CHUNKS, 0, 20_000);
    bucket.read(META, 100);

    inner.fail(Kind.UNAVAILABLE, (_, _) -> true);

    assertEquals(10_000, bucket.read(CHUNKS, 5_000, 10_000).length);
    assertEquals(2, bucket.read(META, 100).length);
    assertThrows(BucketException.class, () -> bucket.read(CHUNKS, 40_000, 10));
  }

  @Test
  void oneReadBecomesSoManyAtMost() {
    inner.upload(CHUNKS, Content.of(new byte[100_000]));
    Bucket bucket = cached("chunk_subrange_size: 1000\nmax_chunks_get_range_requests: 2\n");
    for (int i = 1; i < 20; i += 2) {
      bucket.read(CHUNKS, i * 1_000L, 1_000);
    }
    long before = reads();

    bucket.read(CHUNKS, 0, 20_000);

    assertTrue(reads() - before <= 2, () -> "reads: " + (reads() - before));
  }

  @Test
  void everythingExpires() {
    inner.upload(CHUNKS, Content.of(new byte[5_000]));
    Bucket bucket = cached("chunk_subrange_ttl: 1h\n");
    bucket.read(CHUNKS, 0, 10);
    bucket.read(CHUNKS, 0, 10);
    assertEquals(1, reads());

    nanos.addAndGet(Duration.ofMinutes(61).toNanos());
    bucket.read(CHUNKS, 0, 10);

    assertEquals(2, reads());
  }

  @Test
  void cachesOnOtherMachinesAreRefusedByName() {
    ConfigException refusal =
        assertThrows(
            ConfigException.class,
            () -> CachingBucketYaml.parse("c.yml", "type: MEMCACHED\nconfig: {addresses: [a]}"));

    assertTrue(refusal.reason().contains("got \"MEMCACHED\", want IN-MEMORY"), refusal.reason());
  }
}
