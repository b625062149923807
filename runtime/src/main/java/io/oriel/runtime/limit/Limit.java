package io.oriel.runtime.limit;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// So many at once, and no more. Thread-safe, first come first served.
public final class Limit {
  private final String name;
  private final int max;
  private final Semaphore permits;
  private final LongAdder refused = new LongAdder();

  /// @param name as a user finds it in the flags or the config
  public Limit(String name, int max) {
    if (max < 1) {
      throw OrielException.invalid(name + ": got " + max + ", want at least 1");
    }
    this.name = name;
    this.max = max;
    this.permits = new Semaphore(max, true);
  }

  /// One of the permits; closing gives it back.
  public interface Permit extends AutoCloseable {
    @Override
    void close();
  }

  /// Waits at most {@code patience} for a permit.
  ///
  /// @throws OrielException of kind LIMITED when none came free in time
  public Permit acquire(Duration patience) throws InterruptedException {
    if (!permits.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      refused.increment();
      throw new OrielException(Kind.LIMITED, name + ": all " + max + " are in use");
    }
    return permits::release;
  }

  public String name() {
    return name;
  }

  public int max() {
    return max;
  }

  /// How many permits are held now.
  public int held() {
    return max - permits.availablePermits();
  }

  /// How often somebody was turned away.
  public long refused() {
    return refused.sum();
  }
}
