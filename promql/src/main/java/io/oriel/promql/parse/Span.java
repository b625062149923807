package io.oriel.promql.parse;

/// A stretch of the query text, in characters.
///
/// @param start first character, counted from zero
/// @param end one past the last character
public record Span(int start, int end) {
  /// From the start of {@code first} to the end of {@code last}.
  public static Span from(Span first, Span last) {
    return new Span(first.start, last.end);
  }

  /// Where it starts in {@code query}, as `line:column`, both counted from one.
  public String place(String query) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < start && i < query.length(); i++) {
      if (query.charAt(i) == '\n') {
        line++;
        column = 1;
      } else {
        column++;
      }
    }
    return line + ":" + column;
  }
}
