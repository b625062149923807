package io.oriel.tsdb.chunk;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Bits out of bytes, most significant first. Reads beyond the end are noticed by {@link
/// #checkEnd}, not at once. Not thread-safe; made to be reused.
final class BitReader {
  /** How many bytes behind the end may be looked at. */
  static final int PADDING = 16;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** What is read, for decoders that keep the position in a register. */
  byte[] bytes = new byte[PADDING];

  private long end;

  /** Position in bits. */
  long at;

  /// Starts at byte {@code from} of {@code source}, which ends after {@code length} bytes and is
  /// followed by padding.
  void reset(byte[] source, int from, int length) {
    bytes = source;
    at = 8L * from;
    end = 8L * (from + length);
  }

  boolean bit() {
    long p = at++;
    return (bytes[(int) (p >>> 3)] & (0x80 >>> (p & 7))) != 0;
  }

  /// The next {@code count} bits, 1 to 64, as an unsigned number.
  long bits(int count) {
    long p = at;
    int index = (int) (p >>> 3);
    int shift = (int) (p & 7);
    at = p + count;
    long word = (long) LONG.get(bytes, index) << shift;
    if (count + shift > 64) {
      word |= (bytes[index + 8] & 0xFFL) >>> (8 - shift);
    }
    return word >>> (64 - count);
  }

  /// The next 64 bits without moving on.
  long peek() {
    long p = at;
    int index = (int) (p >>> 3);
    int shift = (int) (p & 7);
    long word = (long) LONG.get(bytes, index) << shift;
    return shift == 0 ? word : word | ((bytes[index + 8] & 0xFFL) >>> (8 - shift));
  }

  /// At least the next 57 bits at bit {@code p} of {@code source}, from the top; below them zeroes.
  static long word(byte[] source, long p) {
    return (long) LONG.get(source, (int) (p >>> 3)) << (p & 7);
  }

  double float64() {
    return Double.longBitsToDouble(bits(64));
  }

  /// A `<uvarint>`, which may start at any bit.
  long uvarint() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      long b = bits(8);
      value |= (b & 0x7F) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw corrupt("varint longer than 10 bytes");
  }

  /// A zigzag `<varint>`.
  long varint() {
    long raw = uvarint();
    return (raw >>> 1) ^ -(raw & 1);
  }

  /// A `<varbit_int>`: eight buckets by a prefix of ones.
  long varbitInt() {
    int size = varbitSize();
    if (size == 0) {
      return 0;
    }
    return signed(bits(size), size);
  }

  /// A `<varbit_uint>`: the same prefixes, without a sign.
  long varbitUint() {
    int size = varbitSize();
    return size == 0 ? 0 : bits(size);
  }

  private int varbitSize() {
    int ones = Math.min(8, Long.numberOfLeadingZeros(~peek()));
    at += ones == 8 ? 8 : ones + 1;
    return switch (ones) {
      case 0 -> 0;
      case 1 -> 3;
      case 2 -> 6;
      case 3 -> 9;
      case 4 -> 12;
      case 5 -> 18;
      case 6 -> 25;
      case 7 -> 56;
      default -> 64;
    };
  }

  /// The value that {@code size} bits stand for when they cover −(2^(size−1)−1) … 2^(size−1).
  static long signed(long bits, int size) {
    return size < 64 && bits > 1L << (size - 1) ? bits - (1L << size) : bits;
  }

  /// Refuses a chunk that ended before its samples did.
  void checkEnd() {
    if (at > end) {
      throw corrupt("chunk ends after " + end / 8 + " bytes, its samples need " + (at + 7) / 8);
    }
  }

  /// Whether more has been read than there is.
  boolean isPastEnd() {
    return at > end;
  }

  static OrielException corrupt(String problem) {
    return new OrielException(Kind.CORRUPT, "chunk: " + problem);
  }
}
