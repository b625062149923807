package io.oriel.federation.bucket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.FileDisk;
import io.oriel.model.error.Kind;
import io.oriel.testkit.Seed;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// All decorators together, as {@link BucketConfig} stacks them, over a bucket in memory.
class BucketWrappersTest implements BucketContract {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final MemoryBucket memory = new MemoryBucket();
  private final FaultyBucket faulty = new FaultyBucket(memory);
  private final List<Duration> pauses = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();

  private Bucket wrapped(BucketLimits limits, HedgingConfig hedging, Bucket inner) {
    BucketParts parts =
        new BucketParts(
            new FileDisk(),
            new BucketMetrics(registry),
            () -> Instant.ofEpochSecond(77),
            nanos::get,
            pause -> {
              pauses.add(pause);
              nanos.addAndGet(pause.toNanos());
            },
            Seed.random("wrappers"));
    return new BucketConfig(new BucketConfig.Filesystem(Path.of("")), "", hedging)
        .wrap(new PrefixedBucket(inner, "pre/fix"), parts, limits);
  }

  @Override
  public Bucket bucket() {
    return wrapped(BucketLimits.standard(), new HedgingConfig(true, 2, 0.9), faulty);
  }

  private double counter(String name, String operation) {
    return registry.scrape().stream()
        .filter(metric -> metric.getMetadata().getName().equals(name))
        .flatMap(metric -> ((CounterSnapshot) metric).getDataPoints().stream())
        .filter(
            point ->
                point.getLabels().equals(Labels.of("bucket", "memory", "operation", operation)))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  @Test
  void keepsToItsPrefix() {
    bucket().upload("x", Content.of("1"));

    assertTrue(memory.exists("pre/fix/x"));
  }

  @Test
  void triesAgainWhatMayWorkLater() {
    Bucket bucket = bucket();
    AtomicInteger failures = new AtomicInteger(3);
    faulty.fail(Kind.UNAVAILABLE, (_, _) -> failures.getAndDecrement() > 0);

    bucket.upload("x", Content.of("1"));

    assertEquals(3, pauses.size());
    assertTrue(pauses.get(2).compareTo(pauses.get(0)) > 0);
    assertEquals(4, counter("thanos_objstore_bucket_operations", "upload"));
    assertEquals(3, counter("thanos_objstore_bucket_operation_failures", "upload"));
  }

  @Test
  void givesUpInTheEnd() {
    Bucket bucket = bucket();
    faulty.fail(Kind.UNAVAILABLE, (_, _) -> true);

    BucketException e = assertThrows(BucketException.class, () -> bucket.delete("x"));

    assertEquals(Kind.UNAVAILABLE, e.kind());
    assertEquals(BucketLimits.standard().attempts() - 1, pauses.size());
  }

  @Test
  void doesNotRepeatWhatCannotWork() {
    Bucket bucket = bucket();
    faulty.fail(Kind.FORBIDDEN, (_, _) -> true);

    assertThrows(BucketException.class, () -> bucket.upload("x", Content.of("1")));

    assertEquals(List.of(), pauses);
  }

  @Test
  void doesNotCountWhatIsNotThereAsFailure() {
    Bucket bucket = bucket();

    assertThrows(BucketException.class, () -> bucket.attributes("no"));

    assertEquals(1, counter("thanos_objstore_bucket_operations", "attributes"));
    assertEquals(0, counter("thanos_objstore_bucket_operation_failures", "attributes"));
  }

  @Test
  void goesOnWhereAStreamBroke() throws IOException {
    Bucket bucket = bucket();
    byte[] content = new byte[1000];
    Seed.random("broken stream").nextBytes(content);
    bucket.upload("x", Content.of(content));
    faulty.tearAfter(300);

    try (InputStream in = bucket.get("x")) {
      assertArrayEquals(content, in.readAllBytes());
    }
    try (InputStream in = bucket.range("x", 100, 700)) {
      assertArrayEquals(Arrays.copyOfRange(content, 100, 800), in.readAllBytes());
    }
  }

  @Test
  void keepsToTheBandwidth() {
    Bucket bucket = wrapped(new BucketLimits(1, 4, 1000), HedgingConfig.off(), memory);

    bucket.upload("x", Content.of(new byte[5000]));

    assertEquals(5.0, nanos.get() / 1e9, 0.01);
  }

  @Test
  void sendsASlowReadAgain() {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger reads = new AtomicInteger();
    Bucket slowOnce =
        new ForwardingBucket(memory) {
          @Override
          public InputStream range(String name, long offset, long length) {
            if (reads.incrementAndGet() == 17) {
              try {
                release.await();
              } catch (InterruptedException _) {
                throw BucketException.interrupted("read", name(), name);
              }
            }
            return super.range(name, offset, length);
          }
        };
    Bucket bucket = wrapped(BucketLimits.standard(), new HedgingConfig(true, 2, 0.9), slowOnce);
    bucket.upload("x", Content.of("content"));

    for (int i = 0; i < 17; i++) {
      assertArrayEquals("content".getBytes(StandardCharsets.UTF_8), bucket.read("x", 0, 7));
    }

    assertTrue(reads.get() >= 18);
    release.countDown();
    bucket.close();
  }
}
