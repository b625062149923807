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

  /// Completes the frame at {@code at} of {@code bytes}, whose payload of {@code length} bytes is
  /// already behind the eight bytes left for its header.
  public static void seal(byte[] bytes, int at, int length) {
    putInt(bytes, at, length);
    putInt(bytes, at + 4, checksum(bytes, at, length));
  }

  /// Completes the frame that is all of {@code bytes}.
  public static void seal(byte[] bytes) {
    seal(bytes, 0, bytes.length - HEADER);
  }

  /// {@code payload} as a frame of its own.
  public static byte[] of(byte[] payload) {
    byte[] frame = new byte[HEADER + payload.length];
    System.arraycopy(payload, 0, frame, HEADER, payload.length);
    seal(frame, 0, payload.length);
    return frame;
  }

  /// The length that the header at {@code at} claims; negative when it cannot be one.
  public static int claimedLength(byte[] bytes, int at) {
    int length = intAt(bytes, at);
    return length < 1 || length > MAX_PAYLOAD ? -1 : length;
  }

  /// The frame at {@code at}; empty when it is damaged or not all there before {@code end}.
  public static Optional<Found> find(byte[] bytes, int at, int end) {
    if (end - at < HEADER) {
      return Optional.empty();
    }
    int length = claimedLength(bytes, at);
    if (length < 0 || length > end - at - HEADER) {
      return Optional.empty();
    }
    return checksum(bytes, at, length) == intAt(bytes, at + 4)
        ? Optional.of(new Found(at + HEADER, length))
        : Optional.empty();
  }

  private static int checksum(byte[] bytes, int at, int length) {
    int crc = Crc32c.of(bytes, at + HEADER, length);
    return crc ^ (length * 0x9E3779B9);
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
