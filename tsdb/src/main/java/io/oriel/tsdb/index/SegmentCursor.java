package io.oriel.tsdb.index;

import io.oriel.model.error.CorruptionException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Reads numbers and text from mapped bytes, forward. Not thread-safe.
public final class SegmentCursor {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final String file;
  private final MemorySegment bytes;
  private long at;

  /// @param file what errors call the bytes
  public SegmentCursor(String file, MemorySegment bytes, long at) {
    this.file = file;
    this.bytes = bytes;
    this.at = at;
  }

  public long position() {
    return at;
  }

  public void moveTo(long position) {
    at = position;
  }

  public int int8() {
    check(1);
    return bytes.get(ValueLayout.JAVA_BYTE, at++) & 0xFF;
  }

  public int int32() {
    check(4);
    int value = bytes.get(INT, at);
    at += 4;
    return value;
  }

  public long int64() {
    check(8);
    long value = bytes.get(LONG, at);
    at += 8;
    return value;
  }

  public long uvarint() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      int b = int8();
      value |= (long) (b & 0x7F) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw corrupt("varint longer than 10 bytes");
  }

  public long varint() {
    long raw = uvarint();
    return (raw >>> 1) ^ -(raw & 1);
  }

  /// A length and so many bytes of UTF-8.
  public String text() {
    int length = length(uvarint());
    byte[] raw = new byte[length];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, raw, 0, length);
    at += length;
    return new String(raw, StandardCharsets.UTF_8);
  }

  /// Passes over a length and so many bytes.
  public void skipText() {
    int length = length(uvarint());
    at += length;
  }

  /// Checks that {@code asked} bytes are left.
  public int length(long asked) {
    if (asked < 0 || asked > bytes.byteSize() - at) {
      throw corrupt("got a length of " + asked + ", want at most " + (bytes.byteSize() - at));
    }
    return (int) asked;
  }

  public CorruptionException corrupt(String problem) {
    return new CorruptionException(file, at, problem);
  }

  private void check(int wanted) {
    if (at < 0 || at > bytes.byteSize() - wanted) {
      throw new CorruptionException(file, at, "file ends, want " + wanted + " more bytes");
    }
  }
}
