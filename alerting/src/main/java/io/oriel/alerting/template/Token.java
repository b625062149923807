package io.oriel.alerting.template;

/// A piece of a template's text.
///
/// @param text the source, or for strings and characters the decoded value
/// @param spaceBefore whether white space stands before it, which tells `.x .y` from `.x.y`
record Token(Kind kind, String text, int line, boolean spaceBefore) {
  enum Kind {
    TEXT,
    LEFT,
    RIGHT,
    IDENTIFIER,
    FIELD,
    VARIABLE,
    DOT,
    STRING,
    CHARACTER,
    NUMBER,
    PIPE,
    DECLARE,
    ASSIGN,
    COMMA,
    OPEN,
    CLOSE,
    END
  }

  boolean is(Kind other) {
    return kind == other;
  }

  boolean isWord(String word) {
    return kind == Kind.IDENTIFIER && text.equals(word);
  }
}
