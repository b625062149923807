package io.oriel.tsdb.wal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Appends Go's binary encodings to a growing array. Not thread-safe.
final class ByteWriter {
  private byte[] bytes;
  private int size;

  ByteWriter(int capacity) {
    bytes = new byte[capacity];
  }

  int size() {
    return size;
  }

  /// The live array, of which {@link #size} bytes count; replaced when it grows.
  byte[] array() {
    return bytes;
  }

  void clear() {
    size = 0;
  }

  void writeByte(int b) {
    ensure(1);
    bytes[size++] = (byte) b;
  }

  void writeBytes(byte[] source, int offset, int length) {
    ensure(length);
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
  }

  void writeInt(int v) {
    ensure(4);
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (v >>> shift);
    }
  }

  void writeLong(long v) {
    writeInt((int) (v >>> 32));
    writeInt((int) v);
  }

  void writeDouble(double v) {
    writeLong(Double.doubleToRawLongBits(v));
  }

  void writeUvarint(long v) {
    ensure(10);
    long rest = v;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  void writeVarint(long v) {
    writeUvarint((v << 1) ^ (v >> 63));
  }

  /// A string in UTF-8 behind its length as a varint.
  void writeString(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    writeUvarint(utf8.length);
    writeBytes(utf8, 0, utf8.length);
  }

  private void ensure(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
    }
  }
}
