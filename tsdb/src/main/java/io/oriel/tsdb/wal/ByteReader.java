package io.oriel.tsdb.wal;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Reads Go's binary encodings (big-endian numbers, varints, length-prefixed strings) one after
/// another from memory. Reading past the end throws an {@link OrielException} of kind CORRUPT. Not
/// thread-safe.
final class ByteReader {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private final MemorySegment bytes;
  private final long end;
  private long position;

  ByteReader(MemorySegment bytes) {
    this(bytes, 0, bytes.byteSize());
  }

  /// Reads {@code bytes} from {@code start} to before {@code end}.
  ByteReader(MemorySegment bytes, long start, long end) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
    if (start < 0 || start > end || end > bytes.byteSize()) {
      throw early();
    }
  }

  boolean hasMore() {
    return position < end;
  }

  int readByte() {
    return bytes.get(ValueLayout.JAVA_BYTE, claim(1)) & 0xFF;
  }

  int readInt() {
    return bytes.get(INT, claim(4));
  }

  long readLong() {
    return bytes.get(LONG, claim(8));
  }

  double readDouble() {
    return Double.longBitsToDouble(readLong());
  }

  long readUvarint() {
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
    byte[] copy = new byte[length];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, claim(length), copy, 0, length);
    return new String(copy, StandardCharsets.UTF_8);
  }

  private long claim(long count) {
    long at = position;
    if (count < 0 || count > end - at) {
      throw early();
    }
    position = at + count;
    return at;
  }

  private static OrielException early() {
    return new OrielException(Kind.CORRUPT, "bytes end too early");
  }
}
