package io.oriel.alerting.template;

/// Escapes in Go's interpreted strings.
final class GoEscape {
  private static final String NAMES = "abfnrtv\\\"'";
  private static final String VALUES = "\u0007\b\f\n\r\t\u000b\\\"'";

  private GoEscape() {}

  /// Decodes the escape at {@code at}, a backslash, into {@code out}; the index behind it, or -1
  /// when it is none.
  static int read(String text, int at, StringBuilder out) {
    if (at + 1 >= text.length()) {
      return -1;
    }
    char c = text.charAt(at + 1);
    int simple = NAMES.indexOf(c);
    if (simple >= 0) {
      out.append(VALUES.charAt(simple));
      return at + 2;
    }
    return switch (c) {
      case 'x' -> number(text, at + 2, 2, 16, out);
      case 'u' -> number(text, at + 2, 4, 16, out);
      case 'U' -> number(text, at + 2, 8, 16, out);
      case '0', '1', '2', '3', '4', '5', '6', '7' -> number(text, at + 1, 3, 8, out);
      default -> -1;
    };
  }

  private static int number(String text, int from, int digits, int radix, StringBuilder out) {
    if (from + digits > text.length()) {
      return -1;
    }
    try {
      int code = Integer.parseInt(text.substring(from, from + digits), radix);
      if (!Character.isValidCodePoint(code)) {
        return -1;
      }
      out.appendCodePoint(code);
      return from + digits;
    } catch (NumberFormatException _) {
      return -1;
    }
  }
}
