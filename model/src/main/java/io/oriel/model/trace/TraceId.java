package io.oriel.model.trace;

import io.oriel.model.error.OrielException;
import java.util.HexFormat;

/// Sixteen bytes that all spans of a trace share.
///
/// @param high the first eight bytes, big-endian; zero for ids of eight bytes
/// @param low the last eight bytes
public record TraceId(long high, long low) implements Comparable<TraceId> {
  private static final int MAX_DIGITS = 32;
  private static final int HALF = 16;

  /// Whether it is an id at all: all zeros is none.
  public boolean isValid() {
    return high != 0 || low != 0;
  }

  /// Reads hex digits, up to 32; fewer stand for leading zeros.
  ///
  /// @throws OrielException of kind INVALID for anything else
  public static TraceId ofHex(String text) {
    if (text.isEmpty() || text.length() > MAX_DIGITS) {
      throw OrielException.invalid(
          "trace id: got " + text.length() + " characters, want 1 to 32 hex digits");
    }
    try {
      int split = Math.max(0, text.length() - HALF);
      return new TraceId(
          split == 0 ? 0 : HexFormat.fromHexDigitsToLong(text.substring(0, split)),
          HexFormat.fromHexDigitsToLong(text.substring(split)));
    } catch (IllegalArgumentException e) {
      throw OrielException.invalid("trace id: got \"" + text + "\", want hex digits");
    }
  }

  /// 32 hex digits, as OTLP and Jaeger's index write it.
  public String hex() {
    return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
  }

  /// In the order of the bytes.
  @Override
  public int compareTo(TraceId other) {
    int order = Long.compareUnsigned(high, other.high);
    return order != 0 ? order : Long.compareUnsigned(low, other.low);
  }

  @Override
  public String toString() {
    return hex();
  }
}
