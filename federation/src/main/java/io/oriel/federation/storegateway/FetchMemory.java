package io.oriel.federation.storegateway;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.util.concurrent.Semaphore;

/// How many bytes may be on their way from the bucket at once; who asks for more waits. Nobody
/// holds some while asking for others, so all of them get on. Thread-safe.
final class FetchMemory {
  private static final int UNIT = 1 << 10;

  private final int units;
  private final Semaphore free;

  FetchMemory(long bytes) {
    units = Math.clamp(bytes / UNIT, 1, Integer.MAX_VALUE);
    free = new Semaphore(units, true);
  }

  /// Some of the memory; closing gives it back.
  interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  /// Waits for {@code bytes}, or for all there is when that is less.
  Hold take(long bytes) {
    int wanted = Math.clamp((bytes + UNIT - 1) / UNIT, 1, units);
    try {
      free.acquire(wanted);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OrielException(Kind.CANCELLED, "interrupted", e);
    }
    return () -> free.release(wanted);
  }
}
