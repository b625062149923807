package io.oriel.logs.tail;

import io.oriel.model.error.OrielException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// What a file begins with: SHA-256 of its first {@link #MOST} bytes, or of as many as there were
/// when it was taken. It grows with its file.
///
/// @param length bytes that it covers
/// @param sha256 in hexadecimal; empty when there were none
public record Fingerprint(int length, String sha256) {
  /** Bytes that a full fingerprint covers. */
  public static final int MOST = 1024;

  static final Fingerprint NONE = new Fingerprint(0, "");

  /// The fingerprint of the first {@code length} of {@code bytes}.
  static Fingerprint of(byte[] bytes, int length) {
    if (length == 0) {
      return NONE;
    }
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(bytes, 0, length);
      return new Fingerprint(length, HexFormat.of().formatHex(sha.digest()));
    } catch (NoSuchAlgorithmException e) {
      throw OrielException.bug("this JVM has no SHA-256: " + e.getMessage());
    }
  }

  boolean isFull() {
    return length == MOST;
  }

  /// Whether a file that begins with {@code head} may be the one this was taken of.
  boolean isPrefixOf(byte[] head) {
    return length <= head.length && of(head, length).sha256.equals(sha256);
  }
}
