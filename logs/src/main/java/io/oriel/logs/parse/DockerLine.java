package io.oriel.logs.parse;

import java.nio.charset.StandardCharsets;

/// Reads a line of Docker's json-file driver, without making objects. Reused; the results are valid
/// until the next line.
final class DockerLine {
  private static final int MAX_DEPTH = 64;

  private byte[] b = {};
  private int at;
  private int end;

  private byte[] log = new byte[1024];
  private int logLength;
  private boolean hasLog;
  private String stream = "";
  private int timeFrom;
  private int timeTo;

  /** What the last string says, decoded. */
  private byte[] decoded = new byte[64];

  byte[] log() {
    return log;
  }

  int logLength() {
    return logLength;
  }

  String stream() {
    return stream;
  }

  int timeFrom() {
    return timeFrom;
  }

  int timeTo() {
    return timeTo;
  }

  /// Whether the line is an object with a text called `log`.
  boolean parse(byte[] bytes, int from, int to) {
    b = bytes;
    at = from;
    end = to;
    hasLog = false;
    stream = "";
    timeFrom = 0;
    timeTo = 0;
    return object() && hasLog;
  }

  private boolean object() {
    if (!take('{')) {
      return false;
    }
    if (take('}')) {
      return atEnd();
    }
    do {
      int keyFrom = peekString();
      if (keyFrom < 0) {
        return false;
      }
      int keyTo = skipString();
      if (keyTo < 0 || !take(':') || !member(keyFrom, keyTo)) {
        return false;
      }
    } while (take(','));
    return take('}') && atEnd();
  }

  private boolean member(int keyFrom, int keyTo) {
    if (is(keyFrom, keyTo, "log")) {
      return text();
    }
    int valueFrom = peekString();
    if (valueFrom < 0) {
      return skipValue(0);
    }
    int valueTo = skipString();
    if (is(keyFrom, keyTo, "stream")) {
      stream =
          is(valueFrom, valueTo, "stdout")
              ? "stdout"
              : is(valueFrom, valueTo, "stderr") ? "stderr" : "";
    } else if (is(keyFrom, keyTo, "time")) {
      timeFrom = valueFrom;
      timeTo = valueTo;
    }
    return valueTo >= 0;
  }

  private boolean is(int from, int to, String word) {
    if (to - from != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (b[from + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private boolean text() {
    if (peekString() < 0) {
      return false;
    }
    int from = at + 1;
    int to = skipString();
    if (to < 0) {
      return false;
    }
    if (decoded.length < to - from) {
      decoded = new byte[Math.max(2 * decoded.length, to - from)];
    }
    int length = decode(from, to);
    if (length < 0) {
      return false;
    }
    byte[] spare = log;
    log = decoded;
    decoded = spare;
    logLength = length;
    hasLog = true;
    return true;
  }

  private int decode(int from, int to) {
    int out = 0;
    int i = from;
    while (i < to) {
      byte c = b[i++];
      if (c != '\\') {
        decoded[out++] = c;
        continue;
      }
      c = b[i++];
      switch (c) {
        case '"', '\\', '/' -> decoded[out++] = c;
        case 'n' -> decoded[out++] = '\n';
        case 't' -> decoded[out++] = '\t';
        case 'r' -> decoded[out++] = '\r';
        case 'b' -> decoded[out++] = '\b';
        case 'f' -> decoded[out++] = '\f';
        case 'u' -> {
          int unit = hex(i, to);
          if (unit < 0) {
            return -1;
          }
          i += 4;
          boolean pair =
              Character.isHighSurrogate((char) unit)
                  && i + 6 <= to
                  && b[i] == '\\'
                  && b[i + 1] == 'u'
                  && Character.isLowSurrogate((char) Math.max(0, hex(i + 2, to)));
          if (pair) {
            unit = Character.toCodePoint((char) unit, (char) hex(i + 2, to));
            i += 6;
          } else if (unit >= 0xD800 && unit < 0xE000) {
            unit = 0xFFFD;
          }
          out = Utf8.put(decoded, out, unit);
        }
        default -> {
          return -1;
        }
      }
    }
    return out;
  }

  private int hex(int from, int to) {
    if (from + 4 > to) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < from + 4; i++) {
      int digit = Character.digit(b[i], 16);
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private void space() {
    while (at < end && (b[at] == ' ' || b[at] == '\t' || b[at] == '\r' || b[at] == '\n')) {
      at++;
    }
  }

  private boolean take(char c) {
    space();
    if (at < end && b[at] == c) {
      at++;
      return true;
    }
    return false;
  }

  private boolean atEnd() {
    space();
    return at == end;
  }

  /// Where the text of a string begins that comes next; negative when none does.
  private int peekString() {
    space();
    return at < end && b[at] == '"' ? at + 1 : -1;
  }

  /// Passes a string over; returns where its text ends, negative when it does not.
  private int skipString() {
    int i = at + 1;
    while (i < end && b[i] != '"') {
      i += b[i] == '\\' ? 2 : 1;
    }
    if (i >= end) {
      return -1;
    }
    at = i + 1;
    return i;
  }

  private boolean skipValue(int depth) {
    space();
    if (at >= end || depth > MAX_DEPTH) {
      return false;
    }
    byte c = b[at];
    if (c == '"') {
      return skipString() >= 0;
    }
    if (c == '{' || c == '[') {
      return skipNested(depth, c == '{');
    }
    int from = at;
    while (at < end && ",}] \t".indexOf(b[at]) < 0) {
      at++;
    }
    String literal = new String(b, from, at - from, StandardCharsets.ISO_8859_1);
    return literal.matches("true|false|null|-?\\d[\\d.eE+-]*");
  }

  private boolean skipNested(int depth, boolean object) {
    at++;
    char close = object ? '}' : ']';
    if (take(close)) {
      return true;
    }
    do {
      if (object && (peekString() < 0 || skipString() < 0 || !take(':'))) {
        return false;
      }
      if (!skipValue(depth + 1)) {
        return false;
      }
    } while (take(','));
    return take(close);
  }
}
