package io.oriel.tsdb.index;

import io.oriel.disk.Crc32c;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bytes being put together for an index: numbers big endian, lengths before, checksums behind. Not
/// thread-safe.
final class IndexBuffer {
  private byte[] bytes = new byte[256];
  private int size;

  int size() {
    return size;
  }

  byte[] array() {
    return bytes;
  }

  void clear() {
    size = 0;
  }

  void int8(int value) {
    grow(1);
    bytes[size++] = (byte) value;
  }

  void int32(int value) {
    grow(4);
    put32(size, value);
    size += 4;
  }

  void int64(long value) {
    int32((int) (value >>> 32));
    int32((int) value);
  }

  void uvarint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      int8((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    int8((int) rest);
  }

  void varint(long value) {
    uvarint((value << 1) ^ (value >> 63));
  }

  void text(String value) {
    byte[] raw = value.getBytes(StandardCharsets.UTF_8);
    uvarint(raw.length);
    append(raw, raw.length);
  }

  void append(IndexBuffer other) {
    append(other.bytes, other.size);
  }

  private void append(byte[] raw, int length) {
    grow(length);
    System.arraycopy(raw, 0, bytes, size, length);
    size += length;
  }

  /// Leaves room for a section's length; to be handed to {@link #finishSection}.
  int reserveLength() {
    int32(0);
    return size;
  }

  /// Fills in the length of the section that starts at {@code start} and adds its checksum.
  void finishSection(int start) {
    put32(start - 4, size - start);
    crc(start);
  }

  /// Adds the checksum of everything from {@code start} on.
  void crc(int start) {
    int32(Crc32c.of(bytes, start, size - start));
  }

  private void put32(int at, int value) {
    bytes[at] = (byte) (value >>> 24);
    bytes[at + 1] = (byte) (value >>> 16);
    bytes[at + 2] = (byte) (value >>> 8);
    bytes[at + 3] = (byte) value;
  }

  private void grow(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
    }
  }
}
