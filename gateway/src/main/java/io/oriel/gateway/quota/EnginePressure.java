package io.oriel.gateway.quota;

import io.oriel.runtime.retry.Backoff;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// Whether the engine wants to be left alone, as its own answers say. Thread-safe.
///
/// After an answer that refuses (429, 503, or most items of a bulk refused so, or no answer) the
/// gateway is closed for a while that doubles up to ten seconds; after one that does not, it is
/// open.
public final class EnginePressure {
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final LongSupplier nanoTime;
  private final Backoff backoff;
  private long openAtNanos;
  private boolean closed;

  /// @param random spreads the pauses; used under this object's lock
  public EnginePressure(LongSupplier nanoTime, RandomGenerator random) {
    this.nanoTime = nanoTime;
    this.backoff = new Backoff(FIRST, LONGEST, random);
  }

  /// The engine refused.
  ///
  /// @param retryAfter what it asked for; zero when it did not say
  /// @return how long the gateway stays closed
  public synchronized Duration refused(Duration retryAfter) {
    long now = nanoTime.getAsLong();
    if (closed && now < openAtNanos) {
      return Duration.ofNanos(openAtNanos - now);
    }
    Duration pause = backoff.next(retryAfter);
    openAtNanos = now + pause.toNanos();
    closed = true;
    return pause;
  }

  /// The engine took something.
  public synchronized void took() {
    if (closed && nanoTime.getAsLong() >= openAtNanos) {
      closed = false;
      backoff.reset();
    }
  }

  /// How long until a request may be sent; zero when it may now.
  public synchronized Duration untilOpen() {
    if (!closed) {
      return Duration.ZERO;
    }
    long wait = openAtNanos - nanoTime.getAsLong();
    return wait <= 0 ? Duration.ZERO : Duration.ofNanos(wait);
  }
}
