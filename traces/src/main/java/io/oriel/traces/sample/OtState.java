package io.oriel.traces.sample;

/// OpenTelemetry's member `ot` of a W3C `tracestate`: `ot=th:fd70a4;rv:…`.
///
/// @param threshold 56 bits; -1 for none, or none that is understood
/// @param random 56 bits; -1 for none, or none that is understood
public record OtState(long threshold, long random) {
  private static final OtState NONE = new OtState(-1, -1);
  private static final int DIGITS = 14;

  /// Reads a whole trace state.
  public static OtState of(String traceState) {
    String member = member(traceState);
    if (member.isEmpty()) {
      return NONE;
    }
    long threshold = -1;
    long random = -1;
    for (String part : member.split(";", -1)) {
      if (part.startsWith("th:")) {
        threshold = number(part.substring(3), 1);
      } else if (part.startsWith("rv:")) {
        random = number(part.substring(3), DIGITS);
      }
    }
    return new OtState(threshold, random);
  }

  private static String member(String traceState) {
    if (!traceState.contains("ot=")) {
      return "";
    }
    for (String each : traceState.split(",", -1)) {
      String bare = each.strip();
      if (bare.startsWith("ot=")) {
        return bare.substring(3);
      }
    }
    return "";
  }

  /// Hex digits, filled up with zeros at the end.
  private static long number(String digits, int atLeast) {
    boolean hex =
        digits.length() >= atLeast
            && digits.length() <= DIGITS
            && digits.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
    return hex ? Long.parseLong(digits + "0".repeat(DIGITS - digits.length()), 16) : -1;
  }

  /// {@code traceState} with `ot=th:…` set to {@code threshold}; the member moves to the front, as
  /// W3C wants of what changed.
  static String raised(String traceState, String threshold) {
    StringBuilder inner = new StringBuilder("ot=th:").append(threshold);
    StringBuilder others = new StringBuilder();
    for (String each : traceState.split(",", -1)) {
      String bare = each.strip();
      if (bare.startsWith("ot=")) {
        for (String part : bare.substring(3).split(";", -1)) {
          if (!part.startsWith("th:") && !part.isEmpty()) {
            inner.append(';').append(part);
          }
        }
      } else if (!bare.isEmpty()) {
        others.append(',').append(bare);
      }
    }
    return inner.append(others).toString();
  }
}
