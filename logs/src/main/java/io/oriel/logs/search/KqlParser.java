package io.oriel.logs.search;

import io.oriel.logs.search.Kql.Relation;
import io.oriel.logs.search.Kql.Value;
import io.oriel.model.error.OrielException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Reads Kibana's query language (KQL, Kibana 8). Single use.
///
/// `and` binds tighter than `or`, `not` tighter than both; the three are words only with white
/// space around them. Text without quotes goes on over spaces to the next special character or word
/// of these.
final class KqlParser {
  private static final int MAX_LENGTH = 64 << 10;
  private static final int MAX_DEPTH = 100;
  private static final String SPECIAL = "\\():<>\"*{}";

  private final String text;
  private int at;
  private int depth;

  private KqlParser(String text) {
    this.text = text;
  }

  /// The query that {@code text} says; everything for a blank one.
  ///
  /// @throws OrielException of kind INVALID with the position, counted from 1
  static Kql parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw OrielException.invalid(
          "query: got " + text.length() + " characters, want at most " + MAX_LENGTH);
    }
    if (text.isBlank()) {
      return new Kql.All();
    }
    KqlParser parser = new KqlParser(text);
    Kql query = parser.or();
    parser.space();
    if (parser.at < text.length()) {
      throw parser.mistake("and, or or the end");
    }
    return query;
  }

  private Kql or() {
    List<Kql> parts = new ArrayList<>();
    parts.add(and());
    while (word("or")) {
      parts.add(and());
    }
    return parts.size() == 1 ? parts.getFirst() : new Kql.Or(parts);
  }

  private Kql and() {
    List<Kql> parts = new ArrayList<>();
    parts.add(not());
    while (word("and")) {
      parts.add(not());
    }
    return parts.size() == 1 ? parts.getFirst() : new Kql.And(parts);
  }

  private Kql not() {
    return leadingNot() ? new Kql.Not(deeper(this::not)) : primary();
  }

  private interface Rule {
    Kql read();
  }

  private Kql deeper(Rule rule) {
    if (++depth > MAX_DEPTH) {
      throw OrielException.invalid("query: nested deeper than " + MAX_DEPTH);
    }
    Kql read = rule.read();
    depth--;
    return read;
  }

  private Kql primary() {
    space();
    if (peek() == '(') {
      return deeper(() -> group(this::or));
    }
    Value name = literal();
    space();
    Optional<Relation> relation = relation();
    if (relation.isPresent()) {
      Value bound = literal();
      if (bound instanceof Value.Pattern) {
        throw mistake("a value without wildcards");
      }
      return new Kql.Compare(field(name), relation.get(), text(bound));
    }
    if (peek() != ':') {
      return any(name);
    }
    at++;
    space();
    if (peek() == '{') {
      return deeper(() -> nested(field(name)));
    }
    String field = field(name);
    return peek() == '(' ? deeper(() -> values(field)) : new Kql.Is(field, literal());
  }

  private static Kql any(Value value) {
    return value instanceof Value.Pattern pattern && pattern.isAnything()
        ? new Kql.All()
        : new Kql.Is("", value);
  }

  private Kql group(Rule rule) {
    at++;
    Kql inner = rule.read();
    space();
    expect(')');
    return inner;
  }

  private Kql nested(String path) {
    at++;
    Kql inner = or();
    space();
    expect('}');
    return new Kql.Nested(path, inner);
  }

  /// What stands in parentheses behind a field: values combined with the three words.
  private Kql values(String field) {
    return group(() -> valuesOr(field));
  }

  private Kql valuesOr(String field) {
    List<Kql> parts = new ArrayList<>();
    parts.add(valuesAnd(field));
    while (word("or")) {
      parts.add(valuesAnd(field));
    }
    return parts.size() == 1 ? parts.getFirst() : new Kql.Or(parts);
  }

  private Kql valuesAnd(String field) {
    List<Kql> parts = new ArrayList<>();
    parts.add(valuesNot(field));
    while (word("and")) {
      parts.add(valuesNot(field));
    }
    return parts.size() == 1 ? parts.getFirst() : new Kql.And(parts);
  }

  private Kql valuesNot(String field) {
    if (leadingNot()) {
      return new Kql.Not(deeper(() -> valuesNot(field)));
    }
    space();
    return peek() == '(' ? deeper(() -> values(field)) : new Kql.Is(field, literal());
  }

  private Optional<Relation> relation() {
    char c = peek();
    if (c != '<' && c != '>') {
      return Optional.empty();
    }
    at++;
    boolean orEqual = peek() == '=';
    if (orEqual) {
      at++;
    }
    space();
    return Optional.of(
        c == '<'
            ? (orEqual ? Relation.LESS_OR_EQUAL : Relation.LESS)
            : (orEqual ? Relation.GREATER_OR_EQUAL : Relation.GREATER));
  }

  /// A field's name; wildcards in it stay as they are.
  private static String field(Value name) {
    return switch (name) {
      case Value.Words words -> words.text();
      case Value.Phrase phrase -> phrase.text();
      case Value.Pattern pattern -> String.join("*", pattern.parts());
    };
  }

  private static String text(Value value) {
    return field(value);
  }

  private Value literal() {
    return peek() == '"' ? phrase() : unquoted();
  }

  private Value phrase() {
    int start = at++;
    StringBuilder out = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return new Value.Phrase(out.toString());
      }
      if (c == '\\' && at < text.length()) {
        escape(out, "\\\"");
      } else {
        out.append(c);
      }
    }
    at = start;
    throw OrielException.invalid("query: the quote at " + (start + 1) + " is never closed");
  }

  private Value unquoted() {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean any = false;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '*') {
        parts.add(part.toString());
        part.setLength(0);
        at++;
      } else if (c == '\\') {
        at++;
        escape(part, SPECIAL);
      } else if (SPECIAL.indexOf(c) >= 0 || startsWord()) {
        break;
      } else {
        part.append(c);
        at++;
      }
      any = true;
    }
    if (!any || (parts.isEmpty() && part.toString().isBlank())) {
      throw mistake("a field or a value");
    }
    if (parts.isEmpty()) {
      return new Value.Words(part.toString().strip());
    }
    parts.add(part.toString().stripTrailing());
    return new Value.Pattern(parts);
  }

  /// Resolves the escape whose backslash was just passed.
  private void escape(StringBuilder out, String special) {
    if (at >= text.length()) {
      throw mistake("a character to escape");
    }
    char c = text.charAt(at);
    switch (c) {
      case 't' -> out.append('\t');
      case 'r' -> out.append('\r');
      case 'n' -> out.append('\n');
      case 'u' -> {
        int end = Math.min(text.length(), at + 5);
        try {
          out.append((char) Integer.parseInt(text.substring(at + 1, end), 16));
        } catch (NumberFormatException _) {
          throw mistake("four hex digits");
        }
        at = end;
        return;
      }
      default -> {
        Optional<String> keyword = keyword();
        if (keyword.isPresent()) {
          out.append(text, at, at + keyword.get().length());
          at += keyword.get().length();
          return;
        }
        if (special.indexOf(c) < 0) {
          out.append('\\');
        }
        out.append(c);
      }
    }
    at++;
  }

  /// The word of the language that stands here.
  private Optional<String> keyword() {
    for (String word : new String[] {"and", "or", "not"}) {
      if (text.regionMatches(true, at, word, 0, word.length())) {
        return Optional.of(word);
      }
    }
    return Optional.empty();
  }

  /// Whether white space and then `and` or `or` as a word begin here.
  private boolean startsWord() {
    int i = at;
    while (i < text.length() && Character.isWhitespace(text.charAt(i))) {
      i++;
    }
    return i > at && (isWord("and", i) || isWord("or", i));
  }

  private boolean isWord(String word, int from) {
    int end = from + word.length();
    return text.regionMatches(true, from, word, 0, word.length())
        && end < text.length()
        && Character.isWhitespace(text.charAt(end));
  }

  /// Passes `and` or `or`, if it stands here as a word of the language.
  private boolean word(String word) {
    int start = at;
    space();
    boolean afterSpace =
        at > 0
            && (Character.isWhitespace(text.charAt(at - 1))
                || ")}\"".indexOf(text.charAt(at - 1)) >= 0);
    boolean found =
        afterSpace
            && text.regionMatches(true, at, word, 0, word.length())
            && at + word.length() < text.length()
            && (Character.isWhitespace(text.charAt(at + word.length()))
                || "(\"".indexOf(text.charAt(at + word.length())) >= 0);
    if (!found) {
      at = start;
      return false;
    }
    at += word.length();
    space();
    return true;
  }

  private boolean leadingNot() {
    space();
    int end = at + 3;
    boolean found =
        text.regionMatches(true, at, "not", 0, 3)
            && end < text.length()
            && (Character.isWhitespace(text.charAt(end)) || text.charAt(end) == '(');
    if (found) {
      at = end;
      space();
    }
    return found;
  }

  private void space() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private void expect(char wanted) {
    if (peek() != wanted) {
      throw mistake(String.valueOf(wanted));
    }
    at++;
  }

  private OrielException mistake(String want) {
    String got = at < text.length() ? "\"" + text.charAt(at) + "\"" : "the end";
    return OrielException.invalid(
        String.format(Locale.ROOT, "query: got %s at %d, want %s", got, at + 1, want));
  }
}
