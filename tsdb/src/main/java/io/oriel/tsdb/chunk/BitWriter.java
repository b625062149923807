package io.oriel.tsdb.chunk;

import java.util.Arrays;

/// Bytes out of bits, most significant first. Grows as needed. Not thread-safe.
final class BitWriter {
  private byte[] bytes;
  private int length;

  /** Unused bits in the last byte. */
  private int free;

  BitWriter(int capacity) {
    bytes = new byte[capacity];
  }

  /// Goes on behind {@code bits} bits of {@code content}, which it copies.
  BitWriter(byte[] content, int length, int free) {
    this.bytes = Arrays.copyOf(content, length + 16);
    this.length = length;
    this.free = free;
  }

  int length() {
    return length;
  }

  int free() {
    return free;
  }

  byte[] array() {
    return bytes;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  void set(int index, int value) {
    bytes[index] = (byte) value;
  }

  void bit(boolean one) {
    if (free == 0) {
      grow(1);
      bytes[length++] = 0;
      free = 8;
    }
    free--;
    if (one) {
      bytes[length - 1] = (byte) (bytes[length - 1] | (1 << free));
    }
  }

  void byteValue(int value) {
    bits(value & 0xFF, 8);
  }

  /// The lowest {@code count} bits of {@code value}, 0 to 64.
  void bits(long value, int count) {
    int left = count;
    while (left > 0) {
      if (free == 0) {
        grow(1);
        bytes[length++] = 0;
        free = 8;
      }
      int take = Math.min(left, free);
      long part = (value >>> (left - take)) & ((1L << take) - 1);
      free -= take;
      bytes[length - 1] = (byte) (bytes[length - 1] | (part << free));
      left -= take;
    }
  }

  void float64(double value) {
    bits(Double.doubleToRawLongBits(value), 64);
  }

  void uvarint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      byteValue((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    byteValue((int) rest);
  }

  void varint(long value) {
    uvarint((value << 1) ^ (value >> 63));
  }

  void varbitInt(long value) {
    if (value == 0) {
      bit(false);
    } else if (fits(value, 3)) {
      prefixed(0b10, 2, value, 3);
    } else if (fits(value, 6)) {
      prefixed(0b110, 3, value, 6);
    } else if (fits(value, 9)) {
      prefixed(0b1110, 4, value, 9);
    } else if (fits(value, 12)) {
      prefixed(0b11110, 5, value, 12);
    } else if (fits(value, 18)) {
      prefixed(0b111110, 6, value, 18);
    } else if (fits(value, 25)) {
      prefixed(0b1111110, 7, value, 25);
    } else if (fits(value, 56)) {
      prefixed(0b11111110, 8, value, 56);
    } else {
      prefixed(0b11111111, 8, value, 64);
    }
  }

  void varbitUint(long value) {
    int width = 64 - Long.numberOfLeadingZeros(value);
    if (width == 0) {
      bit(false);
    } else if (width <= 3) {
      prefixed(0b10, 2, value, 3);
    } else if (width <= 6) {
      prefixed(0b110, 3, value, 6);
    } else if (width <= 9) {
      prefixed(0b1110, 4, value, 9);
    } else if (width <= 12) {
      prefixed(0b11110, 5, value, 12);
    } else if (width <= 18) {
      prefixed(0b111110, 6, value, 18);
    } else if (width <= 25) {
      prefixed(0b1111110, 7, value, 25);
    } else if (width <= 56) {
      prefixed(0b11111110, 8, value, 56);
    } else {
      prefixed(0b11111111, 8, value, 64);
    }
  }

  void prefixed(int prefix, int prefixBits, long value, int valueBits) {
    bits(prefix, prefixBits);
    bits(value, valueBits);
  }

  /// Whether {@code value} is in −(2^(bits−1)−1) … 2^(bits−1).
  static boolean fits(long value, int bits) {
    return -((1L << (bits - 1)) - 1) <= value && value <= 1L << (bits - 1);
  }

  private void grow(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length + (bytes.length >> 1) + 8));
    }
  }
}
