package io.oriel.tsdb.wal;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.nio.charset.StandardCharsets;

/// Reads Go's binary encodings (big-endian numbers, varints, length-prefixed strings) one after
/// another from an array. Reading past the end throws an {@link OrielException} of kind CORRUPT.
/// Not thread-safe.
///
/// Plain array arithmetic, because replay runs before anything is compiled.
final class ByteReader {
  private final byte[] bytes;
  private final int end;
  private int position;

  /// Reads {@code bytes} up to before {@code end}.
  ByteReader(byte[] bytes, int end) {
    this.bytes = bytes;
    this.end = end;
  }

  boolean hasMore() {
    return position < end;
  }

  int readByte() {
    return bytes[claim(1)] & 0xFF;
  }

  long readLong() {
    int at = claim(8);
    byte[] b = bytes;
    int high = b[at] << 24 | (b[at + 1] & 0xFF) << 16 | (b[at + 2] & 0xFF) << 8 | b[at + 3] & 0xFF;
    int low =
        b[at + 4] << 24 | (b[at + 5] & 0xFF) << 16 | (b[at + 6] & 0xFF) << 8 | b[at + 7] & 0xFF;
    return (long) high << 32 | low & 0xFFFFFFFFL;
  }

  double readDouble() {
    return Double.longBitsToDouble(readLong());
  }

  long readUvarint() {
    int at = position;
    if (at < end && bytes[at] >= 0) {
      position = at + 1;
      return bytes[at];
    }
    return readLongUvarint();
  }

  private long readLongUvarint() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      int b = readByte();
      value |= (long) (b & 0x7F) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw new OrielException(Kind.CORRUPT, "varint: longer than ten bytes");
  }

  /// An unsigned varint that counts things of at least one byte each.
  int readCount() {
    long count = readUvarint();
    if (count < 0 || count > end - position) {
      throw early();
    }
    return (int) count;
  }

  long readVarint() {
    long u = readUvarint();
    return (u >>> 1) ^ -(u & 1);
  }

  /// A string in UTF-8 behind its length as a varint.
  String readString() {
    int length = readCount();
    return new String(bytes, claim(length), length, StandardCharsets.UTF_8);
  }

  /// As {@link #readString}, of a word that often comes again.
  String readSymbol(Symbols symbols) {
    int length = readCount();
    return symbols.get(bytes, claim(length), length);
  }

  private int claim(int count) {
    int at = position;
    if (count > end - at) {
      throw early();
    }
    position = at + count;
    return at;
  }

  private static OrielException early() {
    return new OrielException(Kind.CORRUPT, "bytes end too early");
  }
}
