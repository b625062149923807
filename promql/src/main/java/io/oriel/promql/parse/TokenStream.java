package io.oriel.promql.parse;

import java.util.List;

/// The tokens of a query and how far they are read.
final class TokenStream {
  private final String query;
  private final List<Token> tokens;
  private int at;

  TokenStream(String query) {
    this.query = query;
    this.tokens = Lexer.tokens(query);
  }

  Token peek() {
    return tokens.get(at);
  }

  Token peekSecond() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  Token next() {
    Token token = tokens.get(at);
    if (token.type() != TokenType.END) {
      at++;
    }
    return token;
  }

  /// The token read last.
  Token last() {
    return tokens.get(Math.max(at - 1, 0));
  }

  boolean accept(String text) {
    if (peek().is(text)) {
      next();
      return true;
    }
    return false;
  }

  Token expect(String text, String context, String expected) {
    if (!peek().is(text)) {
      throw unexpected(context, expected);
    }
    return next();
  }

  ParseException unexpected(String context, String expected) {
    String problem =
        "unexpected "
            + peek().describe()
            + (context.isEmpty() ? "" : " in " + context)
            + (expected.isEmpty() ? "" : ", expected " + expected);
    return error(peek().span(), problem);
  }

  ParseException error(Span span, String problem) {
    return new ParseException(query, span, problem);
  }

  String unquote(Token string) {
    try {
      return StringSyntax.unquote(string.text());
    } catch (IllegalArgumentException e) {
      throw error(string.span(), String.valueOf(e.getMessage()));
    }
  }
}
