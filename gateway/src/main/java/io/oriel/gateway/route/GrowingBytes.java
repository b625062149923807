package io.oriel.gateway.route;

import java.io.OutputStream;
import java.util.Arrays;

/// A growing array to write to. Not thread-safe, unlike the library's, whose locks cost more here
/// than the bytes.
final class GrowingBytes extends OutputStream {
  private static final byte[] NONE = {};

  private byte[] bytes = NONE;
  private int first;
  private int size;

  /// @param capacity of the array that the first write makes
  GrowingBytes(int capacity) {
    first = capacity;
  }

  /// Says how much will be written, if nothing was yet.
  void expect(int capacity) {
    first = capacity;
  }

  @Override
  public void write(int b) {
    grow(1);
    bytes[size++] = (byte) b;
  }

  @Override
  public void write(byte[] from, int offset, int length) {
    grow(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  private void grow(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, grown(more));
    }
  }

  private int grown(int more) {
    return Math.max(bytes.length == 0 ? first : 2 * bytes.length, size + more);
  }

  int size() {
    return size;
  }

  /// How long its array will be when {@code more} bytes are written.
  int capacityWith(int more) {
    return bytes.length - size >= more ? bytes.length : grown(more);
  }

  /// The array that it writes to, of which {@link #size} bytes are its own; valid until the next
  /// write.
  byte[] array() {
    return bytes;
  }

  /// Forgets what was written behind {@code length}.
  void cutTo(int length) {
    size = length;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }
}
