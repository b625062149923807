package io.oriel.alerting.template;

import io.oriel.alerting.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/// Cuts a template into tokens, with `{{-` and `-}}` trimming and comments removed. Used once.
final class Lexer {
  private final String name;
  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;

  private Lexer(String name, String text) {
    this.name = name;
    this.text = text;
  }

  static List<Token> lex(String name, String text) {
    Lexer lexer = new Lexer(name, text);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    boolean trim = false;
    while (true) {
      int open = text.indexOf("{{", at);
      String plain = text.substring(at, open < 0 ? text.length() : open);
      String kept = trim ? plain.stripLeading() : plain;
      boolean trimsBefore = open >= 0 && isTrim(open + 2);
      kept = trimsBefore ? kept.stripTrailing() : kept;
      if (!kept.isEmpty()) {
        tokens.add(new Token(Kind.TEXT, kept, line, false));
      }
      line += lines(plain);
      if (open < 0) {
        break;
      }
      at = open + 2 + (trimsBefore ? 2 : 0);
      trim = action();
    }
    tokens.add(new Token(Kind.END, "", line, false));
  }

  private boolean isTrim(int i) {
    return text.startsWith("-", i) && i + 1 < text.length() && isSpace(text.charAt(i + 1));
  }

  /// Reads up to the closing braces; tells whether they trim what follows.
  private boolean action() {
    if (text.startsWith("/*", at)) {
      int close = text.indexOf("*/", at);
      if (close < 0) {
        throw problem("unclosed comment");
      }
      line += lines(text.substring(at, close));
      at = close + 2;
      boolean trims = closesWithTrim();
      if (!trims && !text.startsWith("}}", at)) {
        throw problem("comment ends before closing delimiter");
      }
      at = text.indexOf("}}", at) + 2;
      return trims;
    }
    tokens.add(new Token(Kind.LEFT, "{{", line, false));
    while (true) {
      boolean space = skipSpace();
      if (space && text.startsWith("-}}", at)) {
        tokens.add(new Token(Kind.RIGHT, "}}", line, true));
        at += 3;
        return true;
      }
      if (text.startsWith("}}", at)) {
        tokens.add(new Token(Kind.RIGHT, "}}", line, space));
        at += 2;
        return false;
      }
      if (at >= text.length()) {
        throw problem("unclosed action");
      }
      token(space);
    }
  }

  private boolean closesWithTrim() {
    int i = at;
    while (i < text.length() && isSpace(text.charAt(i))) {
      i++;
    }
    return i > at && text.startsWith("-}}", i);
  }

  private boolean skipSpace() {
    int start = at;
    while (at < text.length() && isSpace(text.charAt(at))) {
      if (text.charAt(at++) == '\n') {
        line++;
      }
    }
    return at > start;
  }

  private void token(boolean space) {
    char c = text.charAt(at);
    if (text.startsWith(":=", at)) {
      add(Kind.DECLARE, 2, space);
    } else if (c == '"' || c == '\'') {
      quoted(c, space);
    } else if (c == '`') {
      raw(space);
    } else if (isDigit(c) || isSignedNumber(c)) {
      number(space);
    } else if (c == '.') {
      int end = wordEnd(at + 1);
      add(end == at + 1 ? Kind.DOT : Kind.FIELD, end - at, space);
    } else if (c == '$') {
      add(Kind.VARIABLE, wordEnd(at + 1) - at, space);
    } else if (isLetter(c)) {
      add(Kind.IDENTIFIER, wordEnd(at) - at, space);
    } else {
      add(symbol(c), 1, space);
    }
  }

  private Kind symbol(char c) {
    return switch (c) {
      case '|' -> Kind.PIPE;
      case '=' -> Kind.ASSIGN;
      case ',' -> Kind.COMMA;
      case '(' -> Kind.OPEN;
      case ')' -> Kind.CLOSE;
      default -> throw problem("unexpected \"" + c + "\" in action");
    };
  }

  private boolean isSignedNumber(char c) {
    boolean leads = c == '+' || c == '-' || c == '.';
    return leads && at + 1 < text.length() && isDigit(text.charAt(at + 1));
  }

  private void number(boolean space) {
    int end = at + 1;
    while (end < text.length()) {
      char c = text.charAt(end);
      boolean exponentSign =
          (c == '+' || c == '-') && "eEpP".indexOf(text.charAt(end - 1)) >= 0 && !isHex();
      if (!isLetter(c) && !isDigit(c) && c != '.' && !exponentSign) {
        break;
      }
      end++;
    }
    add(Kind.NUMBER, end - at, space);
  }

  private boolean isHex() {
    return text.startsWith("0x", at) || text.startsWith("0X", at);
  }

  private void quoted(char quote, boolean space) {
    StringBuilder out = new StringBuilder();
    int i = at + 1;
    while (i < text.length() && text.charAt(i) != quote) {
      char c = text.charAt(i);
      if (c == '\n') {
        break;
      }
      if (c == '\\') {
        i = GoEscape.read(text, i, out);
        if (i < 0) {
          throw problem("bad escape in quoted string");
        }
      } else {
        out.append(c);
        i++;
      }
    }
    if (i >= text.length() || text.charAt(i) != quote) {
      throw problem("unterminated quoted string");
    }
    at = i + 1;
    Kind kind = quote == '"' ? Kind.STRING : Kind.CHARACTER;
    tokens.add(new Token(kind, out.toString(), line, space));
  }

  private void raw(boolean space) {
    int close = text.indexOf('`', at + 1);
    if (close < 0) {
      throw problem("unterminated raw quoted string");
    }
    String value = text.substring(at + 1, close);
    tokens.add(new Token(Kind.STRING, value.replace("\r", ""), line, space));
    line += lines(value);
    at = close + 1;
  }

  private void add(Kind kind, int length, boolean space) {
    tokens.add(new Token(kind, text.substring(at, at + length), line, space));
    at += length;
  }

  private int wordEnd(int from) {
    int end = from;
    while (end < text.length() && (isLetter(text.charAt(end)) || isDigit(text.charAt(end)))) {
      end++;
    }
    return end;
  }

  private TemplateException problem(String text) {
    return new TemplateException(name, line, text);
  }

  private static int lines(String part) {
    return (int) part.chars().filter(c -> c == '\n').count();
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return c == '_' || Character.isLetter(c);
  }
}
