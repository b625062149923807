package io.oriel.wire.exposition;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.number.GoFloat;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A position in an exposition's text, with what both text formats share: names, numbers, quoted
/// strings, and errors that know their line. Not thread-safe.
final class TextCursor {
  private static final double[] POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };
  private static final int QUOTE_LIMIT = 40;
  private static final byte[] NOTHING = {};

  /** Name characters: 1 starts a label name, 2 continues one, 4 starts or continues a metric's. */
  private static final byte[] CLASS = new byte[256];

  static {
    for (int c = 0; c < 128; c++) {
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      boolean digit = c >= '0' && c <= '9';
      CLASS[c] = (byte) (letter ? 7 : digit ? 2 : c == ':' ? 4 : 0);
    }
  }

  final byte[] bytes;
  final int end;
  int at;

  private byte[] expected = NOTHING;
  private int expectedFrom;
  private int expectedTo;

  TextCursor(byte[] bytes, int length) {
    this.bytes = bytes;
    this.end = length;
  }

  boolean atEnd() {
    return at >= end;
  }

  /// The byte here, or -1 at the end.
  int peek() {
    return at < end ? bytes[at] : -1;
  }

  boolean startsWith(String ascii) {
    if (end - at < ascii.length()) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if (bytes[at + i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  void skipBlanks() {
    while (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) {
      at++;
    }
  }

  /// The index of the next line feed, or the end.
  int lineEnd() {
    int i = at;
    while (i < end && bytes[i] != '\n') {
      i++;
    }
    return i;
  }

  /// Moves past an unquoted metric name; false when there is none here.
  boolean skipMetricName() {
    if (at >= end || (CLASS[bytes[at] & 0xff] & 5) == 0) {
      return false;
    }
    do {
      at++;
    } while (at < end && CLASS[bytes[at] & 0xff] != 0);
    return true;
  }

  /// Says which series {@link #skipExpected} is to look for; none when it has no bytes.
  void expect(byte[] series, int from, int to) {
    expected = series;
    expectedFrom = from;
    expectedTo = to;
  }

  void expectNothing() {
    expect(NOTHING, 0, 0);
  }

  /// Moves past the expected series if it is here, whole. What has a closing brace ends there; a
  /// bare name ends before a blank.
  boolean skipExpected() {
    int to = at + expectedTo - expectedFrom;
    if (to == at
        || to >= end
        || !Arrays.equals(bytes, at, to, expected, expectedFrom, expectedTo)
        || bytes[to - 1] != '}' && bytes[to] != ' ' && bytes[to] != '\t') {
      return false;
    }
    at = to;
    return true;
  }

  /// Moves past an unquoted label name; false when there is none here.
  boolean skipLabelName() {
    if (at >= end || (CLASS[bytes[at] & 0xff] & 1) == 0) {
      return false;
    }
    do {
      at++;
    } while (at < end && (CLASS[bytes[at] & 0xff] & 3) != 0);
    return true;
  }

  /// Moves past a quoted string that starts here.
  void skipQuoted() {
    int start = at;
    at++;
    while (at < end) {
      byte b = bytes[at];
      if (b == '\\') {
        at += 2;
      } else if (b == '"') {
        at++;
        return;
      } else {
        at++;
      }
    }
    at = start;
    throw error("quoted string without an end");
  }

  /// Moves behind the brace that closes a label set which starts here.
  void skipBraces() {
    int start = at;
    at++;
    while (at < end) {
      byte b = bytes[at];
      if (b == '}') {
        at++;
        return;
      }
      if (b == '"') {
        skipQuoted();
      } else if (b == '\n') {
        break;
      } else {
        at++;
      }
    }
    at = start;
    throw error("label set without closing \"}\"");
  }

  /// The end of the token that starts here: the next blank, line feed or the end.
  int tokenEnd() {
    int i = at;
    while (i < end && bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\n') {
      i++;
    }
    return i;
  }

  String text(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /// The text between the quotes at {@code from} and {@code to}, with `\\`, `\"` and `\n` undone;
  /// any other backslash stays.
  String unquoted(int from, int to) {
    return unescaped(from + 1, to - 1, true);
  }

  /// The text from {@code from} to {@code to} with `\\` and `\n` undone, and `\"` if {@code
  /// quotes}.
  String unescaped(int from, int to, boolean quotes) {
    int i = from;
    while (i < to && bytes[i] != '\\') {
      i++;
    }
    if (i == to) {
      return text(from, to);
    }
    byte[] out = new byte[to - from];
    int n = 0;
    for (i = from; i < to; i++) {
      byte b = bytes[i];
      byte next = b == '\\' && i + 1 < to ? bytes[i + 1] : 0;
      if (next == 'n') {
        out[n++] = '\n';
        i++;
      } else if (next == '\\' || (quotes && next == '"')) {
        out[n++] = next;
        i++;
      } else {
        out[n++] = b;
      }
    }
    return new String(out, 0, n, StandardCharsets.UTF_8);
  }

  /// The number from {@code from} to {@code to}, exactly; NaN as Prometheus' ordinary NaN.
  double number(int from, int to) {
    int i = from;
    boolean negative = i < to && bytes[i] == '-';
    if (negative || (i < to && bytes[i] == '+')) {
      i++;
    }
    long mantissa = 0;
    int digits = 0;
    int scale = 0;
    boolean point = false;
    int start = i;
    for (; i < to; i++) {
      int d = bytes[i] - '0';
      if (d >= 0 && d <= 9) {
        mantissa = mantissa * 10 + d;
        digits += mantissa == 0 ? 0 : 1;
        scale += point ? 1 : 0;
      } else if (bytes[i] == '.' && !point) {
        point = true;
      } else {
        break;
      }
      if (digits > 15) {
        return slowNumber(from, to);
      }
    }
    boolean anyDigit = i > start + (point ? 1 : 0);
    if (i < to || !anyDigit || scale > 22) {
      return slowNumber(from, to);
    }
    double value = scale == 0 ? mantissa : mantissa / POWERS_OF_TEN[scale];
    return negative ? -value : value;
  }

  private double slowNumber(int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = bytes[i];
      if (b == '_' || b == 'p' || b == 'P' || b <= ' ') {
        throw notANumber(from, to);
      }
    }
    try {
      double value = GoFloat.parse(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
      return Double.isNaN(value) ? StaleMarker.NORMAL_NAN : value;
    } catch (OrielException _) {
      throw notANumber(from, to);
    }
  }

  private ExpositionException notANumber(int from, int to) {
    at = from;
    return error("got " + Quoted.of(excerpt(from, to)) + ", want a number");
  }

  /// The bytes from {@code from}, cut to a length fit for a message.
  String excerpt(int from, int to) {
    int cut = Math.min(to, from + QUOTE_LIMIT);
    return text(from, cut) + (cut < to ? "…" : "");
  }

  /// An error at the present position.
  ExpositionException error(String problem) {
    int line = 1;
    int lineStart = 0;
    int stop = Math.min(at, end);
    for (int i = 0; i < stop; i++) {
      if (bytes[i] == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    return new ExpositionException(line, stop - lineStart + 1, problem);
  }

  /// An error that tells what is here instead of {@code want}.
  ExpositionException unexpected(String want) {
    int to = lineEnd();
    String got =
        at >= end
            ? "the end of the text"
            : at == to ? "the end of the line" : Quoted.of(excerpt(at, to));
    return error("got " + got + ", want " + want);
  }

  boolean sameBytes(int from, int to, byte[] other) {
    return Arrays.equals(bytes, from, to, other, 0, other.length);
  }
}
