package io.oriel.traces.index;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing array in which what was written can be changed. Not thread-safe.
final class ItemBuffer extends OutputStream {
  private static final int LEAST = 4 << 10;

  /** What is kept from one use to the next at most. */
  private static final int MOST = 2 << 20;

  private byte[] bytes = new byte[LEAST];
  private int size;

  @Override
  public void write(int b) {
    reserve(1);
    bytes[size++] = (byte) b;
  }

  @Override
  public void write(byte[] from, int offset, int length) {
    reserve(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  @Override
  public void write(byte[] from) {
    write(from, 0, from.length);
  }

  /// Writes text of characters below 128.
  void ascii(String text) {
    write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }

  int size() {
    return size;
  }

  /// The FNV-1a hash of what was written from {@code from} on.
  long hash(int from) {
    return Fnv64.of(bytes, from, size);
  }

  /// Writes over what is at {@code at}; there have to be as many characters.
  void overwrite(int at, String ascii) {
    byte[] text = ascii.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(text, 0, bytes, at, text.length);
  }

  /// Writes before what is at {@code at}.
  void insert(int at, String ascii) {
    byte[] text = ascii.getBytes(StandardCharsets.ISO_8859_1);
    reserve(text.length);
    System.arraycopy(bytes, at, bytes, at + text.length, size - at);
    System.arraycopy(text, 0, bytes, at, text.length);
    size += text.length;
  }

  /// A copy of what was written; the buffer is empty after that.
  byte[] takeBytes() {
    byte[] taken = Arrays.copyOf(bytes, size);
    clear();
    return taken;
  }

  void clear() {
    size = 0;
    if (bytes.length > MOST) {
      bytes = new byte[LEAST];
    }
  }
}
