package io.oriel.traces.spanmetrics;

import io.oriel.model.trace.Span;

/// How many spans one stands for, by the threshold with which it was sampled: OpenTelemetry's
/// consistent probability sampling, `ot=th:` in the trace state.
public final class AdjustedCount {
  private static final int DIGITS = 14;
  private static final double ALL = 0x1p56;

  private AdjustedCount() {}

  /// The count, at least 1; 1 when nothing is said or it is not understood.
  public static double of(Span span) {
    String state = span.traceState();
    if (state.isEmpty()) {
      return 1;
    }
    for (String member : state.split(",", -1)) {
      String entry = member.strip();
      if (entry.startsWith("ot=")) {
        return ofEntry(entry.substring(3));
      }
    }
    return 1;
  }

  private static double ofEntry(String entry) {
    for (String field : entry.split(";", -1)) {
      if (field.startsWith("th:")) {
        return ofThreshold(field.substring(3));
      }
    }
    return 1;
  }

  private static double ofThreshold(String hex) {
    if (hex.isEmpty() || hex.length() > DIGITS || !hex.matches("[0-9a-f]+")) {
      return 1;
    }
    long threshold = Long.parseLong(hex, 16) << 4 * (DIGITS - hex.length());
    return ALL / (ALL - threshold);
  }
}
