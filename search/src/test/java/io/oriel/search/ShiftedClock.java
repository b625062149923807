package io.oriel.search;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/// A clock that a test can put forward.
public final class ShiftedClock implements InstantSource {
  private final AtomicLong aheadMillis = new AtomicLong();

  public void advance(Duration by) {
    aheadMillis.addAndGet(by.toMillis());
  }

  /// Shows the time again.
  public void reset() {
    aheadMillis.set(0);
  }

  @Override
  public Instant instant() {
    return Clock.systemUTC().instant().plusMillis(aheadMillis.get());
  }
}
