package io.oriel.traces.index;

import java.util.HexFormat;

/// The FNV-1a hash of 64 bits (draft-eastlake-fnv).
final class Fnv64 {
  static final long START = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private Fnv64() {}

  static long of(byte[] bytes) {
    return add(START, bytes);
  }

  static long of(byte[] bytes, int from, int to) {
    return add(START, bytes, from, to);
  }

  static long add(long start, byte[] bytes) {
    return add(start, bytes, 0, bytes.length);
  }

  private static long add(long start, byte[] bytes, int from, int to) {
    long hash = start;
    for (int i = from; i < to; i++) {
      hash = (hash ^ (bytes[i] & 0xff)) * PRIME;
    }
    return hash;
  }

  /// As Go prints it with `%x`: no leading zeros.
  static String hex(long hash) {
    return Long.toHexString(hash);
  }

  /// Sixteen digits.
  static String digits(long hash) {
    return HexFormat.of().toHexDigits(hash);
  }
}
