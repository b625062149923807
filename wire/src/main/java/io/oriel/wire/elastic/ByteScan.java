package io.oriel.wire.elastic;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Finds bytes in an array, eight at a time. Ranges include their start and not their end.
public final class ByteScan {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  private ByteScan() {}

  /// Where {@code wanted} is first; {@code to} when it is not there.
  public static int find(byte[] in, int from, int to, byte wanted) {
    return find(in, from, to, wanted, wanted);
  }

  /// Where either of two bytes is first; {@code to} when neither is there.
  public static int find(byte[] in, int from, int to, byte wanted, byte other) {
    long one = ONES * (wanted & 0xFF);
    long two = ONES * (other & 0xFF);
    int at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      long eight = (long) LONGS.get(in, at);
      long hits = zeros(eight ^ one) | zeros(eight ^ two);
      if (hits != 0) {
        return at + (Long.numberOfTrailingZeros(hits) >>> 3);
      }
    }
    while (at < to && in[at] != wanted && in[at] != other) {
      at++;
    }
    return at;
  }

  /// The high bit of the lowest byte that is zero, and perhaps of some above it.
  private static long zeros(long eight) {
    return (eight - ONES) & ~eight & HIGHS;
  }
}
