package io.oriel.promql.parse;

/// What the lexer tells apart.
enum TokenType {
  END("end of input"),
  IDENTIFIER("identifier"),
  METRIC_IDENTIFIER("metric identifier"),
  KEYWORD(""),
  AGGREGATOR(""),
  OPERATOR(""),
  NUMBER("number"),
  DURATION("duration"),
  STRING("string"),
  PUNCTUATION("");

  final String description;

  TokenType(String description) {
    this.description = description;
  }
}
