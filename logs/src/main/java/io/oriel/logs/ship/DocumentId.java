package io.oriel.logs.ship;

import io.oriel.logs.spool.Varints;
import java.nio.charset.StandardCharsets;

/// Ids of documents: the file's key, its generation, and the first and last byte of the event, in
/// URL-safe base 64. Not thread-safe.
///
/// The same bytes of the same file get the same id whenever they are read; other bytes another one.
/// Ids of one file grow with the offset, which the engine's id index likes.
final class DocumentId {
  private static final byte[] ALPHABET =
      "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
          .getBytes(StandardCharsets.US_ASCII);
  private static final int TAIL = 16;

  private final byte[] key;
  private final byte[] tail = new byte[TAIL];

  /// @param key of the file, in characters that need no escape in JSON
  DocumentId(String key, int generation) {
    byte[] name = key.getBytes(StandardCharsets.US_ASCII);
    this.key = new byte[name.length + 3];
    System.arraycopy(name, 0, this.key, 0, name.length);
    for (int i = 0; i < 3; i++) {
      this.key[name.length + i] = ALPHABET[generation >>> 6 * (2 - i) & 63];
    }
  }

  /// Appends the id of an event.
  void put(Varints out, long offset, long end) {
    digits(offset, 0, 9);
    digits(end - offset, 9, 7);
    out.putBytes(key, 0, key.length);
    out.putBytes(tail, 0, TAIL);
  }

  private void digits(long value, int at, int count) {
    long rest = value;
    for (int i = at + count - 1; i >= at; i--) {
      tail[i] = ALPHABET[(int) (rest & 63)];
      rest >>>= 6;
    }
  }
}
