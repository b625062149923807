package io.oriel.disk;

import java.util.Optional;

/// The frame of logs that only grow: length 4 B, check 4 B (big endian; CRC-32C of the payload,
/// mixed with the length), payload. An empty frame does not exist, so zeros are never one.
public final class Frames {
  /** Bytes before the payload. */
  public static final int HEADER = 8;

  /** Longest payload; a longer length is damage. */
  public static final int MAX_PAYLOAD = 256 << 20;

  private Frames() {}

  /// Where a payload lies in the array that was looked into.
  public record Found(int payload, int length) {
    /// Where the next frame begins.
    public int end() {
      return payload + length;
    }
  }

  /// Completes the frame that is all of {@code bytes}: its payload is already behind the {@link
  /// #HEADER} bytes left for its header.
  public static void seal(byte[] bytes) {
    int length = bytes.length - HEADER;
    putInt(bytes, 0, length);
    putInt(bytes, 4, checksum(bytes, 0, length));
  }

  /// The frame at {@code at}; empty when it is damaged or not all there before {@code end}.
  public static Optional<Found> find(byte[] bytes, int at, int end) {
    if (end - at < HEADER) {
      return Optional.empty();
    }
    int length = intAt(bytes, at);
    if (length < 1 || length > MAX_PAYLOAD || length > end - at - HEADER) {
      return Optional.empty();
    }
    return checksum(bytes, at, length) == intAt(bytes, at + 4)
        ? Optional.of(new Found(at + HEADER, length))
        : Optional.empty();
  }

  private static int checksum(byte[] bytes, int at, int length) {
    return Crc32c.of(bytes, at + HEADER, length) ^ (length * 0x9E3779B9);
  }

  private static void putInt(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >>> 24);
    bytes[at + 1] = (byte) (value >>> 16);
    bytes[at + 2] = (byte) (value >>> 8);
    bytes[at + 3] = (byte) value;
  }

  private static int intAt(byte[] bytes, int at) {
    return (bytes[at] & 0xFF) << 24
        | (bytes[at + 1] & 0xFF) << 16
        | (bytes[at + 2] & 0xFF) << 8
        | (bytes[at + 3] & 0xFF);
  }
}
