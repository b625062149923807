package io.oriel.promql.parse;

import io.oriel.model.error.OrielException;
import io.oriel.promql.parse.DurationExpr.Arithmetic;
import io.oriel.promql.parse.DurationExpr.Extreme;
import io.oriel.promql.parse.DurationExpr.Literal;
import io.oriel.promql.parse.DurationExpr.Negation;
import io.oriel.promql.parse.DurationExpr.Parenthesised;
import java.util.Optional;

/// Reads durations and duration expressions.
final class DurationParser {
  private static final double MAX_SECONDS = Long.MAX_VALUE / 1e9;
  private static final int MAX_DEPTH = 100;

  private final TokenStream tokens;
  private int depth;

  DurationParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  /// A duration in brackets, which must be positive as far as one can tell.
  DurationExpr positive(String context, String expected) {
    if (!startsDuration(tokens.peek())) {
      throw tokens.unexpected(context, expected);
    }
    DurationExpr result = sum(0);
    if (result instanceof Literal(double seconds, _, Span span) && seconds <= 0) {
      throw tokens.error(span, "duration must be greater than 0");
    }
    return result;
  }

  /// What may stand behind `offset`: one factor, with a sign; more only in parentheses.
  DurationExpr offset() {
    if (!startsDuration(tokens.peek())) {
      throw tokens.unexpected("offset", "number, duration, step(), or range()");
    }
    return factor();
  }

  private static boolean startsDuration(Token token) {
    return token.type() == TokenType.NUMBER
        || token.type() == TokenType.DURATION
        || token.is("+")
        || token.is("-")
        || token.is("(")
        || token.is("step")
        || token.is("range")
        || token.is("max_of")
        || token.is("min_of");
  }

  private DurationExpr sum(int minimum) {
    if (++depth > MAX_DEPTH) {
      throw tokens.error(tokens.peek().span(), "duration expression is nested too deeply");
    }
    DurationExpr left = signed();
    while (true) {
      Optional<BinaryOperator> operator = arithmetic(tokens.peek());
      if (operator.isEmpty() || operator.get().precedence() < minimum) {
        depth--;
        return left;
      }
      Token symbol = tokens.next();
      BinaryOperator op = operator.get();
      DurationExpr right = sum(op.isRightAssociative() ? op.precedence() : op.precedence() + 1);
      refuseZero(op, symbol, right);
      left = new Arithmetic(op, left, right, Span.from(left.span(), right.span()));
    }
  }

  private DurationExpr signed() {
    if (tokens.peek().is("-") || tokens.peek().is("+")) {
      Token sign = tokens.next();
      DurationExpr operand = sum(BinaryOperator.POWER.precedence());
      return signed(sign, operand);
    }
    return factor();
  }

  private static DurationExpr signed(Token sign, DurationExpr operand) {
    Span span = Span.from(sign.span(), operand.span());
    if (operand instanceof Literal(double seconds, boolean unit, _)) {
      return new Literal(sign.is("-") ? -seconds : seconds, unit, span);
    }
    return sign.is("-") ? new Negation(operand, span) : operand;
  }

  private void refuseZero(BinaryOperator operator, Token symbol, DurationExpr right) {
    if (right instanceof Literal(double seconds, _, _) && seconds == 0) {
      if (operator == BinaryOperator.DIVIDE) {
        throw tokens.error(symbol.span(), "division by zero");
      }
      if (operator == BinaryOperator.MODULO) {
        throw tokens.error(symbol.span(), "modulo by zero");
      }
    }
  }

  private DurationExpr factor() {
    Token token = tokens.peek();
    if (token.is("-") || token.is("+")) {
      tokens.next();
      return signed(token, factor());
    }
    if (token.is("(")) {
      tokens.next();
      DurationExpr inner = sum(0);
      Token close = tokens.expect(")", "duration expression", "\")\"");
      return new Parenthesised(inner, Span.from(token.span(), close.span()));
    }
    if (token.is("step") || token.is("range")) {
      tokens.next();
      tokens.expect("(", "duration expression", "\"(\"");
      Span span =
          Span.from(token.span(), tokens.expect(")", "duration expression", "\")\"").span());
      return token.is("step") ? new DurationExpr.Step(span) : new DurationExpr.Range(span);
    }
    if (token.is("max_of") || token.is("min_of")) {
      return extreme(tokens.next());
    }
    return literal();
  }

  private DurationExpr extreme(Token name) {
    tokens.expect("(", "duration expression", "\"(\"");
    DurationExpr left = sum(0);
    tokens.expect(",", "duration expression", "\",\"");
    DurationExpr right = sum(0);
    Token close = tokens.expect(")", "duration expression", "\")\"");
    return new Extreme(name.is("max_of"), left, right, Span.from(name.span(), close.span()));
  }

  private DurationExpr literal() {
    Token token = tokens.peek();
    if (token.type() != TokenType.NUMBER && token.type() != TokenType.DURATION) {
      throw tokens.unexpected("duration expression", "number or duration");
    }
    tokens.next();
    double seconds = value(token);
    if (!(Math.abs(seconds) <= MAX_SECONDS)) {
      throw tokens.error(token.span(), "duration out of range");
    }
    return new Literal(seconds, token.type() == TokenType.DURATION, token.span());
  }

  /// The value of a number or duration token, in seconds.
  double value(Token token) {
    try {
      return token.type() == TokenType.DURATION
          ? NumberSyntax.seconds(token.text())
          : NumberSyntax.number(token.text());
    } catch (OrielException e) {
      throw tokens.error(
          token.span(),
          token.type() == TokenType.DURATION ? e.reason() : "error parsing number: " + e.reason());
    }
  }

  private static Optional<BinaryOperator> arithmetic(Token token) {
    for (BinaryOperator operator : BinaryOperator.values()) {
      if (operator.changesMeaning()
          && operator != BinaryOperator.ATAN2
          && token.is(operator.symbol())) {
        return Optional.of(operator);
      }
    }
    return Optional.empty();
  }
}
