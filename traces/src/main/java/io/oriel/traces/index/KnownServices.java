package io.oriel.traces.index;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// Which services and operations were written lately, so that each is written once in a while.
/// Thread-safe.
public final class KnownServices {
  private static final int MOST = 100_000;

  /** One that was sent and not answered for is sent again after this. */
  private static final long CLAIM_MILLIS = Duration.ofMinutes(1).toMillis();

  private final long keepMillis;

  /** Until when each is known. */
  @GuardedBy("this")
  private final Map<Long, Long> until =
      new LinkedHashMap<>(1024, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
          return size() > MOST;
        }
      };

  /// @param keep upstream's `--es.service-cache-ttl`, 12 hours
  public KnownServices(Duration keep) {
    this.keepMillis = keep.toMillis();
  }

  synchronized boolean isKnown(long key, long nowMillis) {
    Long end = until.get(key);
    return end != null && nowMillis < end;
  }

  /// It is on its way.
  synchronized void claim(long key, long nowMillis) {
    until.put(key, nowMillis + CLAIM_MILLIS);
  }

  /// The engine has it.
  synchronized void keep(long key, long nowMillis) {
    until.put(key, nowMillis + keepMillis);
  }
}
