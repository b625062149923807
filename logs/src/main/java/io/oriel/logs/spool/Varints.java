package io.oriel.logs.spool;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing array that numbers (unsigned LEB128) and texts are put into. Not thread-safe.
public final class Varints {
  private byte[] bytes = new byte[256];
  private int size;

  /// Forgets everything.
  public Varints clear() {
    size = 0;
    return this;
  }

  public int size() {
    return size;
  }

  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  /// The array behind it; only {@link #size} bytes count. Valid until the next change.
  public byte[] array() {
    return bytes;
  }

  /// Makes room for {@code more} bytes and returns the array.
  public byte[] reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
    return bytes;
  }

  /// Counts {@code written} bytes that were put into the reserved room.
  public Varints advance(int written) {
    size += written;
    return this;
  }

  public Varints putByte(int value) {
    reserve(1)[size++] = (byte) value;
    return this;
  }

  public Varints putLong(long value) {
    byte[] into = reserve(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      into[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    into[size++] = (byte) rest;
    return this;
  }

  public Varints putBytes(byte[] from, int offset, int length) {
    System.arraycopy(from, offset, reserve(length), size, length);
    size += length;
    return this;
  }

  /// A text with its length before it.
  public Varints putText(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return putLong(utf8.length).putBytes(utf8, 0, utf8.length);
  }

  /// Reads what {@link Varints} wrote. Not thread-safe.
  public static final class Reader {
    private final byte[] bytes;
    private final int end;
    private int at;

    public Reader(byte[] bytes, int from, int to) {
      this.bytes = bytes;
      this.at = from;
      this.end = to;
    }

    public int position() {
      return at;
    }

    public boolean hasMore() {
      return at < end;
    }

    /// @throws OrielException of kind CORRUPT at the end of the bytes
    public int readByte() {
      if (at >= end) {
        throw corrupt();
      }
      return bytes[at++] & 0xFF;
    }

    public long readLong() {
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        int next = readByte();
        value |= (long) (next & 0x7F) << shift;
        if (next < 0x80) {
          return value;
        }
      }
      throw corrupt();
    }

    /// A number that counts bytes or things that are still to come here.
    public int readLength() {
      long value = readLong();
      if (value < 0 || value > end - at) {
        throw corrupt();
      }
      return (int) value;
    }

    public String readText() {
      int length = readLength();
      at += length;
      return new String(bytes, at - length, length, StandardCharsets.UTF_8);
    }

    /// Passes {@code length} bytes over and says where they began.
    public int skip(int length) {
      if (length > end - at) {
        throw corrupt();
      }
      at += length;
      return at - length;
    }

    private static OrielException corrupt() {
      return new OrielException(Kind.CORRUPT, "record ends too early");
    }
  }
}
