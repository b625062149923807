package io.oriel.logs.tail;

import java.util.Locale;
import java.util.Optional;

/// What ends a line.
public enum LineEnd {
  /** Line feed, and a carriage return before it if there is one. */
  AUTO("\n"),
  LINE_FEED("\n"),
  VERTICAL_TAB("\u000B"),
  FORM_FEED("\f"),
  CARRIAGE_RETURN("\r"),
  CARRIAGE_RETURN_LINE_FEED("\r\n"),
  NEXT_LINE("\u0085"),
  LINE_SEPARATOR("\u2028"),
  PARAGRAPH_SEPARATOR("\u2029"),
  NULL_TERMINATOR("\0");

  private final String text;

  LineEnd(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  /// As Filebeat's `line_terminator` has it.
  public static Optional<LineEnd> ofWord(String word) {
    for (LineEnd end : values()) {
      if (end.name().equals(word.toUpperCase(Locale.ROOT))) {
        return Optional.of(end);
      }
    }
    return Optional.empty();
  }
}
