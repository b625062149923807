package io.oriel.runtime.retry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// The pauses of one series of attempts: doubling from a first to a longest pause, each shortened
/// at random by up to half, so that many clients do not come back together. Not thread-safe.
public final class Backoff {
  private final long firstMillis;
  private final long longestMillis;
  private final RandomGenerator random;
  private long nextMillis;

  public Backoff(Duration first, Duration longest, RandomGenerator random) {
    this.firstMillis = Math.max(1, first.toMillis());
    this.longestMillis = Math.max(firstMillis, longest.toMillis());
    this.random = random;
    this.nextMillis = firstMillis;
  }

  /// How long to wait before the next attempt.
  public Duration next() {
    long pause = nextMillis;
    nextMillis = Math.min(longestMillis, 2 * nextMillis);
    return Duration.ofMillis(pause - random.nextLong(pause / 2 + 1));
  }

  /// How long to wait when the other side asked for {@code retryAfter}: that, but never less than
  /// our own pause.
  public Duration next(Duration retryAfter) {
    Duration own = next();
    return retryAfter.compareTo(own) > 0 ? retryAfter : own;
  }

  /// Starts over after a success.
  public void reset() {
    nextMillis = firstMillis;
  }
}
