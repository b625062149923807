package io.oriel.wire.exposition;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// A fast 64-bit hash of the bytes that name a series; not for storage, not against adversaries.
final class SeriesHash {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long PRIME = 0x9E3779B97F4A7C15L;

  private SeriesHash() {}

  static long of(byte[] bytes, int offset, int length) {
    long h = PRIME ^ length;
    int i = offset;
    int end = offset + length;
    for (; i + 8 <= end; i += 8) {
      h = Long.rotateLeft((h ^ (long) LONGS.get(bytes, i)) * PRIME, 29);
    }
    long tail = 0;
    for (int shift = 0; i < end; i++, shift += 8) {
      tail |= (bytes[i] & 0xffL) << shift;
    }
    h = (h ^ tail) * PRIME;
    h = (h ^ (h >>> 32)) * 0xBF58476D1CE4E5B9L;
    return h ^ (h >>> 29);
  }
}
