package io.oriel.promql.parse;

import io.oriel.model.labels.Quoted;
import java.util.Locale;

/// A word of the query.
///
/// @param text as written; for strings the quotes included
record Token(TokenType type, String text, Span span) {
  /// Whether it is this operator, punctuation or keyword, in any case.
  boolean is(String wanted) {
    return switch (type) {
      case OPERATOR, PUNCTUATION, KEYWORD, AGGREGATOR -> text.equalsIgnoreCase(wanted);
      case END, IDENTIFIER, METRIC_IDENTIFIER, NUMBER, DURATION, STRING -> false;
    };
  }

  String lower() {
    return text.toLowerCase(Locale.ROOT);
  }

  /// As upstream names it in "unexpected …".
  String describe() {
    return switch (type) {
      case END -> type.description;
      case KEYWORD -> "<" + text + ">";
      case AGGREGATOR -> "<aggr:" + text + ">";
      case OPERATOR -> "<op:" + text + ">";
      case PUNCTUATION -> Quoted.of(text);
      case IDENTIFIER, METRIC_IDENTIFIER -> type.description + " " + Quoted.of(text);
      case NUMBER, DURATION, STRING -> type.description + " " + shortened();
    };
  }

  private String shortened() {
    return text.codePointCount(0, text.length()) > 10
        ? Quoted.of(text.substring(0, text.offsetByCodePoints(0, 10))) + "..."
        : Quoted.of(text);
  }
}
