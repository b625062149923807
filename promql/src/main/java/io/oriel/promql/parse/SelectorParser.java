package io.oriel.promql.parse;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Quoted;
import io.oriel.model.matcher.Matcher;
import io.oriel.promql.parse.Expr.Edges;
import io.oriel.promql.parse.Expr.VectorSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Reads what stands in braces: matchers and grouping labels.
final class SelectorParser {
  private static final Set<String> NOT_A_METRIC =
      Set.of("bool", "on", "ignoring", "group_left", "group_right");

  private final TokenStream tokens;

  SelectorParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  /// Whether {@code token} can be a metric name.
  static boolean isMetric(Token token) {
    return switch (token.type()) {
      case IDENTIFIER, METRIC_IDENTIFIER, AGGREGATOR -> true;
      case KEYWORD -> !NOT_A_METRIC.contains(token.lower());
      case OPERATOR -> Character.isLetter(token.text().charAt(0));
      case END, NUMBER, DURATION, STRING, PUNCTUATION -> false;
    };
  }

  VectorSelector selector() {
    Token first = tokens.peek();
    String name = "";
    List<Matcher> matchers = new ArrayList<>();
    if (!first.is("{")) {
      name = tokens.next().text();
    }
    if (tokens.peek().is("{")) {
      tokens.next();
      matchers(matchers);
    }
    if (!name.isEmpty()) {
      matchers.add(Matcher.metric(name));
    }
    Span span = Span.from(first.span(), tokens.last().span());
    return new VectorSelector(name, matchers, TimeShift.NONE, Edges.PLAIN, span);
  }

  private void matchers(List<Matcher> into) {
    while (!tokens.accept("}")) {
      into.add(matcher());
      if (!tokens.accept(",") && !tokens.peek().is("}")) {
        throw tokens.unexpected("label matching", "\",\" or \"}\"");
      }
    }
  }

  private Matcher matcher() {
    Token first = tokens.peek();
    boolean quoted = first.type() == TokenType.STRING;
    if (!quoted && first.type() != TokenType.IDENTIFIER) {
      throw tokens.unexpected("label matching", "identifier or \"}\"");
    }
    tokens.next();
    String name = quoted ? tokens.unquote(first) : first.text();
    if (quoted && (tokens.peek().is(",") || tokens.peek().is("}"))) {
      return Matcher.metric(name);
    }
    Matcher.Type type = matchType();
    if (tokens.peek().type() != TokenType.STRING) {
      throw tokens.unexpected("label matching", "string");
    }
    Token value = tokens.next();
    try {
      return Matcher.of(type, name, tokens.unquote(value));
    } catch (ParseException e) {
      throw e;
    } catch (OrielException e) {
      throw tokens.error(Span.from(first.span(), value.span()), e.reason());
    }
  }

  private Matcher.Type matchType() {
    for (Matcher.Type type : Matcher.Type.values()) {
      if (tokens.accept(type.symbol())) {
        return type;
      }
    }
    throw tokens.unexpected("label matching", "label matching operator");
  }

  /// Label names in parentheses.
  List<String> groupingLabels() {
    tokens.expect("(", "grouping opts", "\"(\"");
    List<String> labels = new ArrayList<>();
    while (!tokens.accept(")")) {
      labels.add(groupingLabel());
      if (!tokens.accept(",") && !tokens.peek().is(")")) {
        throw tokens.unexpected("grouping opts", "\",\" or \")\"");
      }
    }
    return labels;
  }

  private String groupingLabel() {
    Token token = tokens.peek();
    String label =
        switch (token.type()) {
          case IDENTIFIER, METRIC_IDENTIFIER, AGGREGATOR, KEYWORD -> token.text();
          case STRING -> tokens.unquote(token);
          case OPERATOR -> {
            if (!Character.isLetter(token.text().charAt(0))) {
              throw tokens.unexpected("grouping opts", "label");
            }
            yield token.text();
          }
          case END, NUMBER, DURATION, PUNCTUATION ->
              throw tokens.unexpected("grouping opts", "label");
        };
    if (token.type() == TokenType.METRIC_IDENTIFIER) {
      throw tokens.unexpected("grouping opts", "label");
    }
    if (!LabelName.isUtf8(label)) {
      throw tokens.error(token.span(), "invalid label name for grouping: " + Quoted.of(label));
    }
    tokens.next();
    return label;
  }
}
