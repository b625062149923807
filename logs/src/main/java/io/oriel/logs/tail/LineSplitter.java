package io.oriel.logs.tail;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Finds line ends in bytes of one encoding. Immutable.
final class LineSplitter {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  private final byte[] end;
  private final byte[] optional;
  private final int unit;
  private final long pattern;

  LineSplitter(Encoding encoding, LineEnd lineEnd) {
    this.end = encoding.encode(lineEnd.text());
    this.optional = lineEnd == LineEnd.AUTO ? encoding.encode("\r") : new byte[0];
    this.unit = encoding.unit();
    this.pattern = ONES * (end[end.length - 1] & 0xFF);
  }

  /// Where the line that starts at {@code from} ends, its end included; negative when its end is
  /// not before {@code to}.
  int next(byte[] bytes, int from, int to) {
    int at = from;
    while (true) {
      at = indexOfLast(bytes, at, to);
      if (at < 0) {
        return -1;
      }
      int start = at + 1 - end.length;
      if (start >= from && (start - from) % unit == 0 && isAt(bytes, start, end)) {
        return at + 1;
      }
      at++;
    }
  }

  /// Where the text of a line ends that ends, its end included, at {@code next}.
  int textEnd(byte[] bytes, int from, int next) {
    int to = next - end.length;
    int before = to - optional.length;
    return optional.length > 0 && before >= from && isAt(bytes, before, optional) ? before : to;
  }

  private static boolean isAt(byte[] bytes, int at, byte[] what) {
    for (int i = 0; i < what.length; i++) {
      if (bytes[at + i] != what[i]) {
        return false;
      }
    }
    return true;
  }

  /// The next place of the end's last byte, eight bytes at a time.
  private int indexOfLast(byte[] bytes, int from, int to) {
    int at = from;
    for (; at + 8 <= to; at += 8) {
      long differing = (long) LONG.get(bytes, at) ^ pattern;
      long zero = (differing - ONES) & ~differing & HIGHS;
      if (zero != 0) {
        return at + (Long.numberOfTrailingZeros(zero) >>> 3);
      }
    }
    byte last = end[end.length - 1];
    for (; at < to; at++) {
      if (bytes[at] == last) {
        return at;
      }
    }
    return -1;
  }
}
