package io.oriel.traces.index;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Which services and operations were written lately, so that each is written once in a while.
/// Thread-safe.
public final class KnownServices {
  private static final int MOST = 100_000;

  /** One that was sent and not answered for is sent again after this. */
  private static final long CLAIM_MILLIS = Duration.ofMinutes(1).toMillis();

  private final long keepMillis;

  /** Until when each is known. */
  private final Map<Long, Long> until = new ConcurrentHashMap<>();

  /// @param keep upstream's `--es.service-cache-ttl`, 12 hours
  public KnownServices(Duration keep) {
    this.keepMillis = keep.toMillis();
  }

  boolean isKnown(long key, long nowMillis) {
    Long end = until.get(key);
    return end != null && nowMillis < end;
  }

  /// It is on its way.
  void claim(long key, long nowMillis) {
    if (until.size() >= MOST) {
      until.values().removeIf(end -> end <= nowMillis);
      if (until.size() >= MOST) {
        // those of a service that makes up operations; writing one again does no harm
        until.clear();
      }
    }
    until.put(key, nowMillis + CLAIM_MILLIS);
  }

  /// It is not on its way after all.
  void forget(long key) {
    until.remove(key);
  }

  /// The engine has it.
  void keep(long key, long nowMillis) {
    until.put(key, nowMillis + keepMillis);
  }
}
