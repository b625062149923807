package io.oriel.wire.storeapi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Writes a protobuf message from its last byte to its first: the length of an inner message, which
/// stands in front of it, is known by then, so nothing is measured beforehand or moved afterwards.
/// Not thread-safe.
final class BackwardWriter {
  private byte[] bytes;
  private int at;

  BackwardWriter(int estimate) {
    this.bytes = new byte[estimate];
    this.at = estimate;
  }

  /// How much is written.
  int size() {
    return bytes.length - at;
  }

  /// What is written; shares memory with this writer.
  ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes, at, size()).slice();
  }

  /// Makes all that was written since {@link #size} was {@code end} the message in {@code field}.
  void message(int field, int end) {
    varint(size() - end);
    varint((long) field << 3 | 2);
  }

  /// An integer field; nothing when zero.
  void number(int field, long value) {
    if (value != 0) {
      varint(value);
      varint((long) field << 3);
    }
  }

  void bytes(int field, ByteBuffer data) {
    int length = data.remaining();
    reserve(length);
    at -= length;
    data.get(data.position(), bytes, at, length);
    varint(length);
    varint((long) field << 3 | 2);
  }

  void string(int field, String value) {
    int end = size();
    int length = value.length();
    reserve(length);
    int to = at;
    for (int i = length - 1; i >= 0; i--) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        utf8(value, to);
        break;
      }
      bytes[--at] = (byte) c;
    }
    message(field, end);
  }

  /// The whole string again, ending at {@code to}.
  private void utf8(String value, int to) {
    byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
    at = to;
    reserve(encoded.length);
    at -= encoded.length;
    System.arraycopy(encoded, 0, bytes, at, encoded.length);
  }

  private void varint(long value) {
    int length = Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
    reserve(length);
    at -= length;
    long rest = value;
    for (int i = 0; i < length; i++) {
      bytes[at + i] = (byte) ((rest & 0x7F) | (i < length - 1 ? 0x80 : 0));
      rest >>>= 7;
    }
  }

  private void reserve(int more) {
    if (at < more) {
      byte[] larger = new byte[2 * bytes.length + more];
      int size = size();
      System.arraycopy(bytes, at, larger, larger.length - size, size);
      at = larger.length - size;
      bytes = larger;
    }
  }
}
