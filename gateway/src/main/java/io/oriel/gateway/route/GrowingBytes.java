package io.oriel.gateway.route;

import java.io.OutputStream;
import java.util.Arrays;

/// A growing array to write to. Not thread-safe, unlike the library's, whose locks cost more here
/// than the bytes.
final class GrowingBytes extends OutputStream {
  private byte[] bytes;
  private int size;

  GrowingBytes(int capacity) {
    bytes = new byte[capacity];
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
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }

  int size() {
    return size;
  }

  /// Forgets what was written behind {@code length}.
  void cutTo(int length) {
    size = length;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }
}
