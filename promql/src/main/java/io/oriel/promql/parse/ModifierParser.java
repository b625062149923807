package io.oriel.promql.parse;

import io.oriel.promql.Feature;
import io.oriel.promql.parse.Expr.Edges;
import io.oriel.promql.parse.Expr.MatrixSelector;
import io.oriel.promql.parse.Expr.Subquery;
import io.oriel.promql.parse.Expr.VectorSelector;
import io.oriel.promql.parse.TimeShift.At;
import io.oriel.promql.parse.TimeShift.AtKind;
import java.util.Set;

/// Reads what may follow an expression: `[range]`, `[range:step]`, `offset`, `@`, `anchored`,
/// `smoothed`.
final class ModifierParser {
  private final TokenStream tokens;
  private final DurationParser durations;
  private final Set<Feature> features;

  ModifierParser(TokenStream tokens, DurationParser durations, Set<Feature> features) {
    this.tokens = tokens;
    this.durations = durations;
    this.features = features;
  }

  Expr modifiers(Expr operand) {
    Expr expr = operand;
    while (true) {
      Token token = tokens.peek();
      if (token.is("[")) {
        expr = brackets(expr);
      } else if (token.is("offset")) {
        tokens.next();
        expr = offset(expr, durations.offset());
      } else if (token.is("@")) {
        tokens.next();
        expr = at(expr);
      } else if (token.is("anchored")) {
        tokens.next();
        expr = edges(expr, Edges.ANCHORED);
      } else if (token.is("smoothed")) {
        tokens.next();
        expr = edges(expr, Edges.SMOOTHED);
      } else {
        return expr;
      }
    }
  }

  private Expr brackets(Expr expr) {
    Token open = tokens.next();
    DurationExpr range =
        durations.positive("subquery or range selector", "number, duration, step(), or range()");
    if (tokens.accept(":")) {
      DurationExpr step = DurationExpr.Literal.NONE;
      if (!tokens.peek().is("]")) {
        step =
            durations.positive("subquery selector", "number, duration, step(), range(), or \"]\"");
      }
      Token close = tokens.expect("]", "subquery selector", "\"]\"");
      return new Subquery(expr, range, step, TimeShift.NONE, Span.from(expr.span(), close.span()));
    }
    Token close = tokens.expect("]", "subquery or range", "\":\" or \"]\"");
    Span span = Span.from(open.span(), close.span());
    if (!(expr instanceof VectorSelector selector)) {
      throw tokens.error(span, "ranges only allowed for vector selectors");
    }
    if (!selector.shift().offset().isNone()) {
      throw tokens.error(span, "no offset modifiers allowed before range");
    }
    if (selector.shift().at().kind() != AtKind.EVALUATION) {
      throw tokens.error(span, "no @ modifiers allowed before range");
    }
    return new MatrixSelector(selector, range, Span.from(expr.span(), close.span()));
  }

  private Expr offset(Expr expr, DurationExpr offset) {
    TimeShift shift =
        shiftOf(
            expr,
            "offset modifier must be preceded by an instant vector selector or range vector"
                + " selector or a subquery");
    if (!shift.offset().isNone()) {
      throw tokens.error(expr.span(), "offset may not be set multiple times");
    }
    return shifted(expr, new TimeShift(shift.at(), offset));
  }

  private Expr at(Expr expr) {
    TimeShift shift =
        shiftOf(
            expr,
            "@ modifier must be preceded by an instant vector selector or range vector selector or"
                + " a subquery");
    At at = atTime(expr);
    if (shift.at().kind() != AtKind.EVALUATION) {
      throw tokens.error(expr.span(), "@ <timestamp> may not be set multiple times");
    }
    return shifted(expr, new TimeShift(at, shift.offset()));
  }

  private At atTime(Expr expr) {
    Token token = tokens.peek();
    if (token.is("start") || token.is("end")) {
      tokens.next();
      tokens.expect("(", "@", "timestamp");
      tokens.expect(")", "@", "timestamp");
      return new At(token.is("start") ? AtKind.START : AtKind.END, 0);
    }
    boolean minus = token.is("-");
    if (minus || token.is("+")) {
      tokens.next();
      token = tokens.peek();
    }
    if (token.type() != TokenType.NUMBER && token.type() != TokenType.DURATION) {
      throw tokens.unexpected("@", "timestamp");
    }
    tokens.next();
    double seconds = minus ? -durations.value(token) : durations.value(token);
    if (!(Math.abs(seconds) < Long.MAX_VALUE)) {
      throw tokens.error(
          expr.span(), "timestamp out of bounds for @ modifier: " + "%f".formatted(seconds));
    }
    return new At(AtKind.FIXED, Math.round(seconds * 1000));
  }

  private TimeShift shiftOf(Expr expr, String problem) {
    return switch (expr) {
      case VectorSelector selector -> selector.shift();
      case MatrixSelector matrix -> matrix.selector().shift();
      case Subquery subquery -> subquery.shift();
      case Expr other -> throw tokens.error(other.span(), problem);
    };
  }

  private Expr shifted(Expr expr, TimeShift shift) {
    Span span = Span.from(expr.span(), tokens.last().span());
    return switch (expr) {
      case VectorSelector selector -> selector.with(shift, span);
      case MatrixSelector(VectorSelector selector, DurationExpr range, _) ->
          new MatrixSelector(selector.with(shift, selector.span()), range, span);
      case Subquery(Expr inner, DurationExpr range, DurationExpr step, _, _) ->
          new Subquery(inner, range, step, shift, span);
      case Expr other -> other;
    };
  }

  private Expr edges(Expr expr, Edges edges) {
    String word = edges.suffix().strip();
    if (!features.contains(Feature.EXTENDED_RANGE_SELECTORS)) {
      throw tokens.error(expr.span(), word + " modifier is experimental and not enabled");
    }
    Edges present =
        switch (expr) {
          case VectorSelector selector -> selector.edges();
          case MatrixSelector matrix -> matrix.selector().edges();
          case Subquery subquery ->
              throw tokens.error(
                  subquery.span(), word + " modifier is not supported for subqueries");
          case Expr other -> throw tokens.error(other.span(), word + " modifier not implemented");
        };
    if (present != Edges.PLAIN && present != edges) {
      throw tokens.error(expr.span(), "anchored and smoothed modifiers cannot be used together");
    }
    return expr instanceof MatrixSelector(VectorSelector selector, DurationExpr range, Span span)
        ? new MatrixSelector(selector.with(edges), range, span)
        : ((VectorSelector) expr).with(edges);
  }
}
