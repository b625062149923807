package io.oriel.federation.bucket;

import io.oriel.disk.Disk;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Sends a ranged read again when it takes longer than most did, and takes whichever answer comes
/// first: Thanos' `hedging_config`. What is slow once in a hundred times is slow twice once in ten
/// thousand.
final class HedgingBucket extends ForwardingBucket {
  private static final int REMEMBERED = 256;
  private static final int FEWEST = 16;

  private final HedgingConfig config;
  private final CounterDataPoint hedged;
  private final LongSupplier nanos;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("oriel/bucket/read").factory());

  /** The latest durations, round and round; written under the lock. */
  private final long[] recent = new long[REMEMBERED];

  private int seen;
  private volatile long patienceNanos = Long.MAX_VALUE;

  HedgingBucket(Bucket inner, HedgingConfig config, BucketMetrics metrics, LongSupplier nanos) {
    super(inner);
    this.config = config;
    this.hedged = metrics.hedged.labelValues(inner.name());
    this.nanos = nanos;
  }

  /// How one attempt ended.
  private static final class Outcome {
    final byte @Nullable [] bytes;
    final @Nullable RuntimeException failure;

    Outcome(byte @Nullable [] bytes, @Nullable RuntimeException failure) {
      this.bytes = bytes;
      this.failure = failure;
    }
  }

  @Override
  public boolean link(String name, Disk disk, Path file) {
    return inner.link(name, disk, file);
  }

  @Override
  public byte[] read(String name, long offset, int length) {
    BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    Future<?>[] attempts = new Future<?>[config.upTo()];
    int started = 0;
    int ended = 0;
    try {
      while (true) {
        if (started < attempts.length) {
          attempts[started++] = threads.submit(() -> outcomes.add(attempt(name, offset, length)));
          hedged.inc(started > 1 ? 1 : 0);
        }
        long patience = started < attempts.length ? patienceNanos : Long.MAX_VALUE;
        Outcome outcome = outcomes.poll(patience, TimeUnit.NANOSECONDS);
        if (outcome == null) {
          continue;
        }
        ended++;
        if (outcome.bytes != null) {
          return outcome.bytes;
        }
        if (outcome.failure != null && ended == started) {
          throw outcome.failure;
        }
      }
    } catch (InterruptedException _) {
      throw BucketException.interrupted("read", name(), name);
    } finally {
      for (int i = 0; i < started; i++) {
        attempts[i].cancel(true);
      }
    }
  }

  private Outcome attempt(String name, long offset, int length) {
    long start = nanos.getAsLong();
    try (InputStream in = inner.range(name, offset, length)) {
      byte[] bytes = in.readNBytes(length);
      remember(nanos.getAsLong() - start);
      return new Outcome(bytes, null);
    } catch (IOException e) {
      return new Outcome(null, BucketException.of("read", this, name, e));
    } catch (RuntimeException e) {
      return new Outcome(null, e);
    }
  }

  private synchronized void remember(long took) {
    recent[seen++ % REMEMBERED] = took;
    if (seen >= FEWEST && seen % FEWEST == 0) {
      long[] sorted = Arrays.copyOf(recent, Math.min(seen, REMEMBERED));
      Arrays.sort(sorted);
      patienceNanos = sorted[(int) Math.min(sorted.length - 1, sorted.length * config.quantile())];
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    inner.close();
  }
}
