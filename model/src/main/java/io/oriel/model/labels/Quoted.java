package io.oriel.model.labels;

/// Strings in double quotes with Go's escapes (`strconv.Quote`), as Prometheus prints label values
/// and PromQL strings.
public final class Quoted {
  private static final String HEX = "0123456789abcdef";

  private Quoted() {}

  /// {@code text} in double quotes.
  public static String of(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2);
    append(out, text);
    return out.toString();
  }

  /// Appends {@code text} in double quotes to {@code out}.
  public static void append(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case 0x07 -> out.append("\\a");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case 0x0b -> out.append("\\v");
        default -> appendOther(out, c);
      }
    }
    out.append('"');
  }

  private static void appendOther(StringBuilder out, int c) {
    if (isPrintable(c)) {
      out.appendCodePoint(c);
    } else if (c < ' ' || c == 0x7f) {
      out.append("\\x").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
    } else if (c < 0x10000) {
      out.append("\\u");
      appendHex(out, c, 4);
    } else {
      out.append("\\U");
      appendHex(out, c, 8);
    }
  }

  private static void appendHex(StringBuilder out, int c, int digits) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
      out.append(HEX.charAt((c >> shift) & 15));
    }
  }

  /// Go's `strconv.IsPrint`: letters, marks, numbers, punctuation, symbols, and the ASCII space.
  private static boolean isPrintable(int c) {
    if (c >= ' ' && c < 0x7f) {
      return true;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
