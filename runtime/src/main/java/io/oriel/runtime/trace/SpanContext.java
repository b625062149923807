package io.oriel.runtime.trace;

import java.util.HexFormat;
import java.util.Optional;
import java.util.function.BiConsumer;

/// What processes tell each other of a span: W3C Trace Context.
///
/// @param high upper half of the trace's id
/// @param low lower half
/// @param span the span's id, not 0
/// @param state other parties' entries and ours, as they came
record SpanContext(long high, long low, long span, int flags, String state) {
  static final int SAMPLED = 1;

  /** The trace's id is random enough to decide by. */
  static final int RANDOM = 2;

  private static final int LENGTH = 55;
  private static final int MAX_STATE = 512;
  private static final HexFormat HEX = HexFormat.of();

  /// Reads the two headers; empty when there is none, or none that is understood.
  static Optional<SpanContext> of(String parent, String state) {
    boolean formed =
        parent.length() >= LENGTH
            && parent.charAt(2) == '-'
            && parent.charAt(35) == '-'
            && parent.charAt(52) == '-'
            // a later version may go on behind another dash
            && !parent.startsWith("ff")
            && (parent.length() == LENGTH
                || !parent.startsWith("00") && parent.charAt(LENGTH) == '-');
    if (!formed || !isLowerHex(parent)) {
      return Optional.empty();
    }
    SpanContext context =
        new SpanContext(
            HexFormat.fromHexDigitsToLong(parent, 3, 19),
            HexFormat.fromHexDigitsToLong(parent, 19, 35),
            HexFormat.fromHexDigitsToLong(parent, 36, 52),
            HexFormat.fromHexDigits(parent, 53, LENGTH),
            state.length() <= MAX_STATE ? state : "");
    boolean valid = (context.high != 0 || context.low != 0) && context.span != 0;
    return valid ? Optional.of(context) : Optional.empty();
  }

  private static boolean isLowerHex(String parent) {
    for (int i = 0; i < LENGTH; i++) {
      char c = parent.charAt(i);
      boolean dash = i == 2 || i == 35 || i == 52;
      if (!dash && !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }

  boolean isSampled() {
    return (flags & SAMPLED) != 0;
  }

  SpanContext child(long id) {
    return new SpanContext(high, low, id, flags, state);
  }

  void carry(BiConsumer<String, String> header) {
    header.accept(
        "traceparent",
        "00-" + traceHex() + "-" + spanHex(span) + "-" + HEX.toHexDigits((byte) (flags & 3)));
    if (!state.isEmpty()) {
      header.accept("tracestate", state);
    }
  }

  String traceHex() {
    return HEX.toHexDigits(high) + HEX.toHexDigits(low);
  }

  static String spanHex(long id) {
    return HEX.toHexDigits(id);
  }
}
