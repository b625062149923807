package io.oriel.tsdb.wal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Strings by their UTF-8 bytes, the recent ones: the labels of neighbours in a log are mostly the
/// same words. Forgets by collision, so it does not grow. Not thread-safe.
final class Symbols {
  private static final int SLOTS = 1 << 12;
  private static final int LONGEST = 128;

  private final byte[] @Nullable [] keys = new byte[SLOTS][];
  private final @Nullable String[] strings = new String[SLOTS];

  String get(byte[] bytes, int offset, int length) {
    if (length > LONGEST) {
      return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }
    int hash = length;
    for (int i = offset; i < offset + length; i++) {
      hash = 31 * hash + bytes[i];
    }
    int slot = (hash ^ hash >>> 15) & SLOTS - 1;
    byte[] key = keys[slot];
    String known = strings[slot];
    if (key != null
        && known != null
        && Arrays.equals(key, 0, key.length, bytes, offset, offset + length)) {
      return known;
    }
    String fresh = new String(bytes, offset, length, StandardCharsets.UTF_8);
    keys[slot] = Arrays.copyOfRange(bytes, offset, offset + length);
    strings[slot] = fresh;
    return fresh;
  }
}
