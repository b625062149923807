package io.oriel.promql.parse;

import io.oriel.model.labels.Quoted;

/// Quoted strings as Go writes them: double and single quotes with escapes, backquotes without.
public final class StringSyntax {
  private StringSyntax() {}

  /// The content of {@code quoted}, quotes included.
  ///
  /// @throws IllegalArgumentException saying what is wrong with an escape
  public static String unquote(String quoted) {
    String body = quoted.substring(1, quoted.length() - 1);
    if (quoted.charAt(0) == '`' || body.indexOf('\\') < 0) {
      return body;
    }
    StringBuilder out = new StringBuilder(body.length());
    for (int i = 0; i < body.length(); ) {
      char c = body.charAt(i++);
      if (c != '\\') {
        out.append(c);
      } else if (i == body.length()) {
        throw new IllegalArgumentException("escape sequence not terminated");
      } else {
        i = escape(body, i, quoted.charAt(0), out);
      }
    }
    return decodeBytes(out);
  }

  /// Handles the escape whose first character after the backslash is at {@code i}.
  private static int escape(String body, int i, char quote, StringBuilder out) {
    char c = body.charAt(i);
    int simple = "abfnrtv\\".indexOf(c);
    if (simple >= 0) {
      out.append("\u0007\b\f\n\r\t\u000b\\".charAt(simple));
      return i + 1;
    }
    if (c == quote) {
      out.append(c);
      return i + 1;
    }
    return switch (c) {
      case 'x' -> code(body, i + 1, 2, 16, out);
      case 'u' -> code(body, i + 1, 4, 16, out);
      case 'U' -> code(body, i + 1, 8, 16, out);
      default -> {
        if (c < '0' || c > '7') {
          throw new IllegalArgumentException(
              "unknown escape sequence U+%04X '%s'".formatted((int) c, c));
        }
        yield code(body, i, 3, 8, out);
      }
    };
  }

  private static int code(String body, int from, int digits, int base, StringBuilder out) {
    if (from + digits > body.length()) {
      throw new IllegalArgumentException("escape sequence not terminated");
    }
    long value = 0;
    for (int i = from; i < from + digits; i++) {
      int digit = Character.digit(body.charAt(i), base);
      if (digit < 0) {
        char c = body.charAt(i);
        throw new IllegalArgumentException(
            "illegal character U+%04X '%s' in escape sequence".formatted((int) c, c));
      }
      value = value * base + digit;
    }
    boolean isByte = digits < 4;
    if ((isByte && value > 255)
        || value > Character.MAX_CODE_POINT
        || (value >= 0xD800 && value < 0xE000)) {
      throw new IllegalArgumentException("escape sequence is an invalid Unicode code point");
    }
    if (isByte && value >= 0x80) {
      out.append((char) (BYTE_MARK + value));
    } else {
      out.appendCodePoint((int) value);
    }
    return from + digits;
  }

  /// {@code text} in double quotes; bytes that are no UTF-8 appear as `\xNN`.
  public static String quote(String text) {
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean paired = i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
      if (Character.isLowSurrogate(c) && !paired && c < BYTE_MARK + 256) {
        appendBody(out, text.substring(from, i));
        out.append("\\x").append(Integer.toHexString(c - BYTE_MARK));
        from = i + 1;
      }
    }
    appendBody(out, text.substring(from));
    return '"' + out.toString() + '"';
  }

  private static void appendBody(StringBuilder out, String text) {
    String quoted = Quoted.of(text);
    out.append(quoted, 1, quoted.length() - 1);
  }

  /** Bytes given as escapes wait in the low surrogates, which no valid text holds alone. */
  private static final int BYTE_MARK = 0xDC00;

  /// Puts runs of escaped bytes together to the characters they encode; a byte that is no UTF-8
  /// stays an unpaired surrogate, so that the string is not valid Unicode either.
  private static String decodeBytes(StringBuilder text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean paired = i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
      if (!Character.isLowSurrogate(c) || paired || c >= BYTE_MARK + 256) {
        out.append(c);
        continue;
      }
      int lead = c - BYTE_MARK;
      int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC2 ? 1 : 0;
      int codePoint = lead & (0x3F >> more);
      int k = 1;
      while (k <= more && i + k < text.length() && isContinuation(text.charAt(i + k))) {
        codePoint = codePoint << 6 | (text.charAt(i + k) - BYTE_MARK & 0x3F);
        k++;
      }
      if (more > 0 && k > more && Character.isValidCodePoint(codePoint)) {
        out.appendCodePoint(codePoint);
        i += more;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static boolean isContinuation(char c) {
    return c >= BYTE_MARK + 0x80 && c < BYTE_MARK + 0xC0;
  }
}
