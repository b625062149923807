package io.oriel.promql.parse;

import io.oriel.model.labels.Quoted;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Cuts a query into tokens; comments and spaces fall away.
final class Lexer {
  private static final Set<String> KEYWORDS =
      Set.of(
          "offset smoothed anchored by without on ignoring group_left group_right bool start end step range max_of min_of fill fill_left fill_right"
              .split(" "));
  private static final Set<String> WORD_OPERATORS = Set.of("and", "or", "unless", "atan2");
  private static final Set<String> AGGREGATORS = aggregators();

  private final String query;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int start;
  private boolean inBraces;
  private boolean inBrackets;
  private boolean gotColon;
  private int parentheses;

  private Lexer(String query) {
    this.query = query;
  }

  /// The tokens of {@code query}, END last.
  static List<Token> tokens(String query) {
    Lexer lexer = new Lexer(query);
    while (lexer.skipBlank()) {
      lexer.start = lexer.at;
      if (lexer.inBraces) {
        lexer.insideBraces();
      } else {
        lexer.statement();
      }
    }
    lexer.start = lexer.at;
    lexer.finish();
    return lexer.tokens;
  }

  private static Set<String> aggregators() {
    return Set.of(Arrays.stream(Aggregator.values()).map(Aggregator::word).toArray(String[]::new));
  }

  private void finish() {
    if (inBraces) {
      throw error("unexpected end of input inside braces");
    }
    if (parentheses > 0) {
      throw error("unclosed left parenthesis");
    }
    if (inBrackets) {
      throw error("unclosed left bracket");
    }
    emit(TokenType.END);
  }

  /// Moves to the next character that matters; false at the end.
  private boolean skipBlank() {
    while (at < query.length()) {
      char c = query.charAt(at);
      if (c == '#') {
        while (at < query.length() && query.charAt(at) != '\n' && query.charAt(at) != '\r') {
          at++;
        }
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        at++;
      } else {
        return true;
      }
    }
    return false;
  }

  private void statement() {
    char c = query.charAt(at++);
    switch (c) {
      case ',', '@' -> emit(TokenType.PUNCTUATION);
      case '*', '/', '%', '+', '-', '^' -> emit(TokenType.OPERATOR);
      case '=', '!', '<', '>' -> comparison(c);
      case '"', '\'', '`' -> string(c);
      case '(', ')', '{', '[', ']' -> bracket(c);
      default -> word(c);
    }
  }

  private void comparison(char c) {
    char next = peek();
    if (c == '=' && next == '~') {
      throw error("unexpected character after '=': '~'");
    }
    if (c == '!' && next != '=') {
      throw error("unexpected character after '!': " + shown(next));
    }
    if (next == '=' || (next == '/' && c != '=')) {
      at++;
    }
    emit(TokenType.OPERATOR);
  }

  private void bracket(char c) {
    switch (c) {
      case '(' -> parentheses++;
      case ')' -> {
        if (--parentheses < 0) {
          throw error("unexpected right parenthesis ')'");
        }
      }
      case '{' -> inBraces = true;
      case '[' -> {
        if (inBrackets) {
          throw error("unexpected left bracket '['");
        }
        inBrackets = true;
        gotColon = false;
      }
      default -> {
        if (!inBrackets) {
          throw error("unexpected right bracket ']'");
        }
        inBrackets = false;
      }
    }
    emit(TokenType.PUNCTUATION);
  }

  private void word(char c) {
    if (isDigit(c) || (c == '.' && isDigit(peek()))) {
      at--;
      number();
    } else if (inBrackets && c == ':') {
      if (gotColon) {
        throw error("unexpected colon ':'");
      }
      gotColon = true;
      emit(TokenType.PUNCTUATION);
    } else if (isAlpha(c) || c == ':') {
      identifier();
    } else {
      at = start;
      throw error("unexpected character: " + shown(query.codePointAt(start)));
    }
  }

  private void identifier() {
    while (isAlphanumeric(peek()) || (peek() == ':' && !inBrackets)) {
      at++;
    }
    String text = query.substring(start, at);
    String lower = text.toLowerCase(Locale.ROOT);
    if (inBrackets) {
      if (!Set.of("step", "range", "max_of", "min_of").contains(lower)) {
        throw error("unexpected character: " + shown(query.codePointAt(start)) + ", expected ':'");
      }
      emit(TokenType.KEYWORD);
    } else if (lower.equals("inf") || lower.equals("nan")) {
      emit(TokenType.NUMBER);
    } else if (WORD_OPERATORS.contains(lower)) {
      emit(TokenType.OPERATOR);
    } else if (AGGREGATORS.contains(lower)) {
      emit(TokenType.AGGREGATOR);
    } else if (KEYWORDS.contains(lower) && (!lower.startsWith("fill") || parenthesisFollows())) {
      emit(TokenType.KEYWORD);
    } else {
      emit(text.indexOf(':') < 0 ? TokenType.IDENTIFIER : TokenType.METRIC_IDENTIFIER);
    }
  }

  private boolean parenthesisFollows() {
    int i = at;
    while (i < query.length() && Character.isWhitespace(query.charAt(i))) {
      i++;
    }
    return i < query.length() && query.charAt(i) == '(';
  }

  private void insideBraces() {
    char c = query.charAt(at++);
    switch (c) {
      case ',' -> emit(TokenType.PUNCTUATION);
      case '}' -> {
        inBraces = false;
        emit(TokenType.PUNCTUATION);
      }
      case '{' -> throw error("unexpected left brace '{'");
      case '"', '\'', '`' -> string(c);
      case '=' -> {
        if (peek() == '~') {
          at++;
        }
        emit(TokenType.OPERATOR);
      }
      case '!' -> {
        if (peek() != '~' && peek() != '=') {
          throw error("unexpected character after '!' inside braces: " + shown(peek()));
        }
        at++;
        emit(TokenType.OPERATOR);
      }
      default -> {
        if (!isAlpha(c)) {
          throw error("unexpected character inside braces: " + shown(query.codePointAt(start)));
        }
        while (isAlphanumeric(peek())) {
          at++;
        }
        emit(TokenType.IDENTIFIER);
      }
    }
  }

  private void string(char quote) {
    while (true) {
      if (at == query.length() || (quote != '`' && peek() == '\n')) {
        throw error(quote == '`' ? "unterminated raw string" : "unterminated quoted string");
      }
      char c = query.charAt(at++);
      if (c == quote) {
        break;
      }
      if (c == '\\' && quote != '`') {
        if (at == query.length()) {
          throw error("escape sequence not terminated");
        }
        at++;
      }
    }
    emit(TokenType.STRING);
  }

  private void number() {
    int end = NumberSyntax.endOfNumber(query, at);
    if (end > at && !isAlphanumeric(charAt(end))) {
      at = end;
      emit(TokenType.NUMBER);
      return;
    }
    end = NumberSyntax.endOfDuration(query, at);
    if (end > at && !isAlphanumeric(charAt(end))) {
      at = end;
      emit(TokenType.DURATION);
      return;
    }
    while (isAlphanumeric(peek())) {
      at++;
    }
    throw error("bad number or duration syntax: " + Quoted.of(query.substring(start, at)));
  }

  private void emit(TokenType type) {
    tokens.add(new Token(type, query.substring(start, at), new Span(start, at)));
  }

  private ParseException error(String problem) {
    return new ParseException(query, new Span(start, query.length()), problem);
  }

  private char peek() {
    return charAt(at);
  }

  private char charAt(int i) {
    return i < query.length() ? query.charAt(i) : 0;
  }

  private static String shown(int codePoint) {
    return "'" + Character.toString(codePoint) + "'";
  }

  private static boolean isAlpha(char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isAlphanumeric(char c) {
    return isAlpha(c) || isDigit(c);
  }
}
