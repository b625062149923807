package io.oriel.promql.parse;

import io.oriel.model.labels.Quoted;
import io.oriel.promql.Feature;
import io.oriel.promql.parse.Expr.Aggregate;
import io.oriel.promql.parse.Expr.Binary;
import io.oriel.promql.parse.Expr.Call;
import io.oriel.promql.parse.Expr.NumberLiteral;
import io.oriel.promql.parse.Expr.Paren;
import io.oriel.promql.parse.Expr.StringLiteral;
import io.oriel.promql.parse.Expr.Unary;
import io.oriel.promql.parse.Expr.VectorSelector;
import io.oriel.promql.parse.VectorMatching.Cardinality;
import io.oriel.promql.parse.VectorMatching.Fill;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Reads PromQL, by recursive descent with operator precedence. Knows syntax only; types are
/// checked by {@code promql.check}.
public final class Parser {
  /* Both bounds keep the tree shallow enough for every later walk over it to recurse. */
  private static final int MAX_NESTING = 200;
  private static final int MAX_OPERATORS = 500;

  private final TokenStream tokens;
  private final Set<Feature> features;
  private final SelectorParser selectors;
  private final DurationParser durations;
  private final ModifierParser modifiers;
  private int nesting;
  private int operators;

  private Parser(String query, Set<Feature> features) {
    this.tokens = new TokenStream(query);
    this.features = features;
    this.selectors = new SelectorParser(tokens);
    this.durations = new DurationParser(tokens);
    this.modifiers = new ModifierParser(tokens, durations, features);
  }

  /// The expression that {@code query} is.
  ///
  /// @throws ParseException when it is none
  public static Expr parse(String query, Set<Feature> features) {
    Parser parser = new Parser(query, features);
    if (parser.tokens.peek().type() == TokenType.END) {
      throw new ParseException(query, new Span(0, 0), "no expression found in input");
    }
    Expr expr = parser.expression(0);
    parser.expectEnd();
    return expr;
  }

  /// The selector that {@code query} is, as in `match[]` parameters.
  ///
  /// @throws ParseException when it is none
  public static VectorSelector parseSelector(String query) {
    Parser parser = new Parser(query, Set.of());
    Token first = parser.tokens.peek();
    if (!first.is("{") && !SelectorParser.isMetric(first)) {
      throw parser.tokens.unexpected("", "");
    }
    VectorSelector selector = parser.selectors.selector();
    parser.expectEnd();
    return selector;
  }

  private void expectEnd() {
    if (tokens.peek().type() != TokenType.END) {
      throw tokens.unexpected("", "");
    }
  }

  private Expr expression(int minimum) {
    if (++nesting > MAX_NESTING) {
      throw tokens.error(
          tokens.peek().span(),
          "expression is nested too deeply, expected at most " + MAX_NESTING + " levels");
    }
    Expr left = unary();
    while (true) {
      Optional<BinaryOperator> operator = operator(tokens.peek());
      if (operator.isEmpty() || operator.get().precedence() < minimum) {
        nesting--;
        return left;
      }
      if (++operators > MAX_OPERATORS) {
        throw tokens.error(
            tokens.peek().span(), "too many operators, expected at most " + MAX_OPERATORS);
      }
      left = binary(left, operator.get());
    }
  }

  private static Optional<BinaryOperator> operator(Token token) {
    if (token.type() == TokenType.OPERATOR) {
      for (BinaryOperator operator : BinaryOperator.values()) {
        if (token.is(operator.symbol())) {
          return Optional.of(operator);
        }
      }
    }
    return Optional.empty();
  }

  private Expr binary(Expr left, BinaryOperator operator) {
    tokens.next();
    boolean returnBool = tokens.accept("bool");
    VectorMatching matching = matching();
    int minimum = operator.isRightAssociative() ? operator.precedence() : operator.precedence() + 1;
    Expr right = expression(minimum);
    Binary result = new Binary(operator, left, right, returnBool, matching);
    if (!matching.fill().isNone() && !features.contains(Feature.BINOP_FILL_MODIFIERS)) {
      throw tokens.error(result.span(), "binop fill modifiers are experimental and not enabled");
    }
    return result;
  }

  private VectorMatching matching() {
    boolean on = tokens.peek().is("on");
    List<String> labels = List.of();
    List<String> include = List.of();
    Cardinality cardinality = Cardinality.ONE_TO_ONE;
    if (on || tokens.peek().is("ignoring")) {
      tokens.next();
      labels = selectors.groupingLabels();
      boolean left = tokens.peek().is("group_left");
      if (left || tokens.peek().is("group_right")) {
        tokens.next();
        cardinality = left ? Cardinality.MANY_TO_ONE : Cardinality.ONE_TO_MANY;
        if (tokens.peek().is("(")) {
          include = selectors.groupingLabels();
        }
      }
    }
    return new VectorMatching(cardinality, on, labels, include, fill());
  }

  private Fill fill() {
    if (tokens.accept("fill")) {
      double value = fillValue();
      return new Fill(true, value, true, value);
    }
    boolean onLeft = false;
    boolean onRight = false;
    double left = 0;
    double right = 0;
    while (true) {
      if (!onLeft && tokens.accept("fill_left")) {
        onLeft = true;
        left = fillValue();
      } else if (!onRight && tokens.accept("fill_right")) {
        onRight = true;
        right = fillValue();
      } else {
        return new Fill(onLeft, left, onRight, right);
      }
    }
  }

  private double fillValue() {
    tokens.expect("(", "", "");
    boolean minus = tokens.accept("-");
    if (!minus) {
      tokens.accept("+");
    }
    if (!isNumber(tokens.peek())) {
      throw tokens.unexpected("", "");
    }
    double value = durations.value(tokens.next());
    tokens.expect(")", "", "");
    return minus ? -value : value;
  }

  private Expr unary() {
    Token sign = tokens.peek();
    if (!sign.is("-") && !sign.is("+")) {
      return modifiers.modifiers(primary());
    }
    tokens.next();
    Expr operand = expression(BinaryOperator.POWER.precedence());
    Span span = Span.from(sign.span(), operand.span());
    if (operand instanceof NumberLiteral(double value, boolean duration, _)) {
      return new NumberLiteral(sign.is("-") ? -value : value, duration, span);
    }
    return new Unary(sign.is("-"), operand, span);
  }

  private Expr primary() {
    Token token = tokens.peek();
    if (isNumber(token)) {
      tokens.next();
      return new NumberLiteral(
          durations.value(token), token.type() == TokenType.DURATION, token.span());
    }
    if (token.type() == TokenType.STRING) {
      tokens.next();
      return new StringLiteral(tokens.unquote(token), token.span());
    }
    if (token.is("(")) {
      tokens.next();
      Expr inner = expression(0);
      Token close = tokens.expect(")", "", "");
      return new Paren(inner, Span.from(token.span(), close.span()));
    }
    if (token.type() == TokenType.AGGREGATOR && !tokens.peekSecond().is("{")) {
      Optional<Expr> aggregate = aggregate(token);
      if (aggregate.isPresent()) {
        return aggregate.get();
      }
    }
    if (isFunctionName(token) && tokens.peekSecond().is("(")) {
      return call(tokens.next());
    }
    if (token.is("{") || SelectorParser.isMetric(token)) {
      return selectors.selector();
    }
    throw tokens.unexpected("", "");
  }

  private static boolean isNumber(Token token) {
    return token.type() == TokenType.NUMBER || token.type() == TokenType.DURATION;
  }

  private static boolean isFunctionName(Token token) {
    return token.type() == TokenType.IDENTIFIER
        || (token.type() == TokenType.KEYWORD
            && Set.of("start", "end", "step", "range", "max_of", "min_of").contains(token.lower()));
  }

  private Expr call(Token name) {
    Optional<Function> function = Functions.find(name.text());
    if (function.isEmpty() && name.type() == TokenType.KEYWORD) {
      function = Functions.find(name.lower());
    }
    if (function.isEmpty()) {
      throw tokens.error(name.span(), "unknown function with name " + Quoted.of(name.text()));
    }
    if (function.get().experimental() && !features.contains(Feature.EXPERIMENTAL_FUNCTIONS)) {
      throw tokens.error(name.span(), "function " + Quoted.of(name.text()) + " is not enabled");
    }
    List<Expr> arguments = arguments();
    return new Call(function.get(), arguments, Span.from(name.span(), tokens.last().span()));
  }

  private List<Expr> arguments() {
    tokens.expect("(", "", "");
    List<Expr> arguments = new ArrayList<>();
    if (tokens.accept(")")) {
      return arguments;
    }
    while (true) {
      arguments.add(expression(0));
      if (tokens.accept(")")) {
        return arguments;
      }
      Token comma = tokens.expect(",", "", "");
      if (tokens.peek().is(")")) {
        throw tokens.error(comma.span(), "trailing commas not allowed in function call args");
      }
    }
  }

  /// The aggregation that starts here; empty when the word is a metric name after all.
  private Optional<Expr> aggregate(Token name) {
    Token second = tokens.peekSecond();
    boolean modified = second.is("by") || second.is("without");
    if (!second.is("(") && !modified) {
      if (second.type() == TokenType.END
          || second.type() == TokenType.OPERATOR
          || second.type() == TokenType.PUNCTUATION
          || second.type() == TokenType.KEYWORD) {
        return Optional.empty();
      }
      tokens.next();
      throw tokens.unexpected("aggregation", "");
    }
    tokens.next();
    boolean without = tokens.peek().is("without");
    List<String> grouping = List.of();
    if (modified) {
      tokens.next();
      grouping = selectors.groupingLabels();
      if (!tokens.peek().is("(")) {
        throw tokens.unexpected("aggregation", "");
      }
    }
    List<Expr> arguments = arguments();
    if (!modified && (tokens.peek().is("by") || tokens.peek().is("without"))) {
      without = tokens.next().is("without");
      grouping = selectors.groupingLabels();
    }
    Span span = Span.from(name.span(), tokens.last().span());
    Aggregator operator = Aggregator.valueOf(name.text().toUpperCase(Locale.ROOT));
    checkAggregate(operator, arguments, span);
    return Optional.of(new Aggregate(operator, arguments, without, grouping, span));
  }

  private void checkAggregate(Aggregator operator, List<Expr> arguments, Span span) {
    if (arguments.isEmpty()) {
      throw tokens.error(span, "no arguments for aggregate expression provided");
    }
    if (operator.isExperimental() && !features.contains(Feature.EXPERIMENTAL_FUNCTIONS)) {
      throw tokens.error(
          span,
          operator.word()
              + "() is experimental and must be enabled with"
              + " --enable-feature=promql-experimental-functions");
    }
    int wanted = operator.hasParameter() ? 2 : 1;
    if (arguments.size() != wanted) {
      throw tokens.error(
          span,
          "wrong number of arguments for aggregate expression provided, expected "
              + wanted
              + ", got "
              + arguments.size());
    }
  }
}
