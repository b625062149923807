package io.oriel.traces.spanmetrics;

import io.oriel.model.trace.Span;
import io.oriel.traces.sample.OtState;

/// How many spans one stands for, by the threshold with which it was sampled: OpenTelemetry's
/// consistent probability sampling, `ot=th:` in the trace state.
public final class AdjustedCount {
  private static final double ALL = 0x1p56;

  /** How many classes there can be: 20 times the logarithm of the largest count, and 1. */
  static final int CLASSES = 777;

  private static final String MORE =
      """
      double more(def state) {
        if (state.size() == 0) { return 0; }
        for (String member : state.value.splitOnToken(',')) {
          String bare = member.trim();
          if (!bare.startsWith('ot=')) { continue; }
          for (String part : bare.substring(3).splitOnToken(';')) {
            if (!part.startsWith('th:')) { continue; }
            String digits = part.substring(3);
            if (digits.length() == 0 || digits.length() > 14) { return 0; }
            long threshold = 0;
            for (int i = 0; i < 14; i++) {
              int digit =
                i < digits.length() ? '0123456789abcdef'.indexOf(digits.substring(i, i + 1)) : 0;
              if (digit < 0) { return 0; }
              threshold = threshold * 16 + digit;
            }
            return threshold / (72057594037927936.0 - threshold);
          }
        }
        return 0;
      }
      """;

  private AdjustedCount() {}

  /// The count, at least 1; 1 when nothing is said or it is not understood.
  public static double of(Span span) {
    long threshold = OtState.of(span.traceState()).threshold();
    return threshold < 0 ? 1 : ALL / (ALL - threshold);
  }

  /// How many spans one stands for beside itself, for the engine to compute, in Painless.
  ///
  /// @param field the indexed trace state; one of more than 256 bytes is not indexed and counts
  ///   once
  static String script(String field) {
    return MORE + "return more(doc['" + field + "']);\n";
  }

  /// The logarithm of the count in steps of a twentieth, so that spans of about the same count can
  /// be told together: {@link #ofClass} is at most 2.5 % off. In Painless, as the other.
  static String classScript(String field) {
    return MORE + "return Math.round(20 * Math.log(1 + more(doc['" + field + "'])));\n";
  }

  /// The count of the spans of a class.
  static double ofClass(String key) {
    return Math.exp(Double.parseDouble(key) / 20);
  }
}
