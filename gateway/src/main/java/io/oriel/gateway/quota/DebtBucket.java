package io.oriel.gateway.quota;

import java.time.Duration;
import java.util.function.LongSupplier;

/// A token bucket that is asked before and charged after; it may owe. Thread-safe.
final class DebtBucket {
  private static final double NANOS = 1e9;

  /** So many seconds' worth are there at once after a pause. */
  private static final double BURST_SECONDS = 2;

  private final double perSecond;
  private final LongSupplier nanoTime;
  private double tokens;
  private long lastNanos;

  DebtBucket(double perSecond, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.nanoTime = nanoTime;
    this.tokens = BURST_SECONDS * perSecond;
    this.lastNanos = nanoTime.getAsLong();
  }

  /// How long until anything may pass; zero when it may now.
  synchronized Duration untilOpen() {
    fill();
    return tokens > 0 ? Duration.ZERO : Duration.ofNanos(1 + (long) (-tokens / perSecond * NANOS));
  }

  synchronized void charge(long amount) {
    fill();
    tokens -= amount;
  }

  private void fill() {
    long now = nanoTime.getAsLong();
    tokens = Math.min(BURST_SECONDS * perSecond, tokens + (now - lastNanos) / NANOS * perSecond);
    lastNanos = now;
  }
}
