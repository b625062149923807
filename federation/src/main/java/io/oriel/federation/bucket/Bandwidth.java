package io.oriel.federation.bucket;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/// So many bytes a second, shared by all streams that are paced by it. Thread-safe.
final class Bandwidth {
  private static final long BURST_NANOS = 1_000_000_000L;

  private final long bytesPerSecond;
  private final Pause pause;
  private final LongSupplier nanos;
  private long freeAt;

  /// @param bytesPerSecond zero for no limit
  Bandwidth(long bytesPerSecond, Pause pause, LongSupplier nanos) {
    this.bytesPerSecond = bytesPerSecond;
    this.pause = pause;
    this.nanos = nanos;
    this.freeAt = nanos.getAsLong();
  }

  /// Takes {@code bytes} out of the budget; how long to wait before the next, in nanoseconds. Up to
  /// one second of budget that was not used may be used at once.
  private synchronized long take(int bytes) {
    long now = nanos.getAsLong();
    freeAt = Math.max(freeAt, now - BURST_NANOS);
    freeAt += (long) (bytes * 1e9 / bytesPerSecond);
    return freeAt - now;
  }

  /// The same stream, slowed down.
  InputStream pace(InputStream in) {
    if (bytesPerSecond == 0) {
      return in;
    }
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int n = in.read(into, offset, length);
        long wait = n > 0 ? take(n) : 0;
        if (wait > 0) {
          try {
            pause.of(Duration.ofNanos(wait));
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for bandwidth");
          }
        }
        return n;
      }
    };
  }
}
