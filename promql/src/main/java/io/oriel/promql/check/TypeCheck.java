package io.oriel.promql.check;

import static io.oriel.promql.parse.ValueType.SCALAR;
import static io.oriel.promql.parse.ValueType.STRING;
import static io.oriel.promql.parse.ValueType.VECTOR;

import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Quoted;
import io.oriel.promql.parse.Aggregator;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.parse.Expr.Aggregate;
import io.oriel.promql.parse.Expr.Binary;
import io.oriel.promql.parse.Expr.Call;
import io.oriel.promql.parse.Expr.VectorSelector;
import io.oriel.promql.parse.Function;
import io.oriel.promql.parse.ParseException;
import io.oriel.promql.parse.Span;
import io.oriel.promql.parse.ValueType;
import io.oriel.promql.parse.VectorMatching;
import io.oriel.promql.parse.VectorMatching.Cardinality;
import java.util.List;

/// Finds what is grammatical and still makes no sense.
public final class TypeCheck {
  private final String query;

  private TypeCheck(String query) {
    this.query = query;
  }

  /// Checks {@code expr} and everything in it; wording as upstream.
  ///
  /// @param query the text that {@code expr} was parsed from
  /// @throws ParseException at the first problem
  public static void check(Expr expr, String query) {
    new TypeCheck(query).check(expr);
  }

  private void check(Expr expr) {
    switch (expr) {
      case Expr.NumberLiteral _, Expr.StringLiteral _ -> {}
      case VectorSelector selector -> checkSelector(selector, false);
      case Expr.MatrixSelector matrix -> check(matrix.selector());
      case Expr.Subquery subquery -> {
        check(subquery.expr());
        if (subquery.expr().type() != VECTOR) {
          throw error(
              subquery.span(),
              "subquery is only allowed on instant vector, got "
                  + subquery.expr().type().word()
                  + " instead");
        }
      }
      case Expr.Paren paren -> check(paren.expr());
      case Expr.Unary unary -> {
        check(unary.expr());
        ValueType type = unary.expr().type();
        if (type != SCALAR && type != VECTOR) {
          throw error(
              unary.span(),
              "unary expression only allowed on expressions of type scalar or instant vector, got "
                  + Quoted.of(type.documented()));
        }
      }
      case Binary binary -> checkBinary(binary);
      case Call call -> checkCall(call);
      case Aggregate aggregate -> checkAggregate(aggregate);
    }
  }

  private void checkSelector(VectorSelector selector, boolean mayBeEmpty) {
    if (!selector.name().isEmpty()) {
      selector.matchers().stream()
          .limit(selector.matchers().size() - 1L)
          .filter(matcher -> matcher.name().equals(LabelName.METRIC))
          .findFirst()
          .ifPresent(
              matcher -> {
                throw error(
                    selector.span(),
                    "metric name must not be set twice: "
                        + Quoted.of(selector.name())
                        + " or "
                        + Quoted.of(matcher.value()));
              });
      return;
    }
    if (!mayBeEmpty && selector.matchers().stream().allMatch(m -> m.matchesEmpty())) {
      throw error(selector.span(), "vector selector must contain at least one non-empty matcher");
    }
  }

  private void checkAggregate(Aggregate aggregate) {
    aggregate.arguments().forEach(this::check);
    expect(aggregate.vector(), VECTOR, "aggregation expression");
    if (aggregate.operator() == Aggregator.COUNT_VALUES) {
      expect(aggregate.arguments().getFirst(), STRING, "aggregation parameter");
    } else if (aggregate.operator().hasParameter()) {
      expect(aggregate.arguments().getFirst(), SCALAR, "aggregation parameter");
    }
  }

  private void expect(Expr expr, ValueType wanted, String context) {
    if (expr.type() != wanted) {
      throw error(
          expr.span(),
          "expected type "
              + wanted.documented()
              + " in "
              + context
              + ", got "
              + expr.type().documented());
    }
  }

  private void checkBinary(Binary binary) {
    check(binary.left());
    check(binary.right());
    ValueType left = binary.left().type();
    ValueType right = binary.right().type();
    if (binary.returnBool() && !binary.operator().isComparison()) {
      throw error(operatorSpan(binary), "bool modifier can only be used on comparison operators");
    }
    if (binary.operator().isComparison()
        && !binary.returnBool()
        && left == SCALAR
        && right == SCALAR) {
      throw error(operatorSpan(binary), "comparisons between scalars must use BOOL modifier");
    }
    VectorMatching matching = binary.matching();
    for (String label : matching.on() ? matching.labels() : List.<String>of()) {
      if (matching.include().contains(label)) {
        throw error(
            operatorSpan(binary),
            "label " + Quoted.of(label) + " must not occur in ON and GROUP clause at once");
      }
    }
    for (Expr side : List.of(binary.left(), binary.right())) {
      if (side.type() != SCALAR && side.type() != VECTOR) {
        throw error(
            side.span(), "binary expression must contain only scalar and instant vector types");
      }
    }
    if (left == VECTOR && right == VECTOR) {
      checkSetMatching(binary);
    } else {
      checkWithoutMatching(binary);
    }
  }

  private void checkSetMatching(Binary binary) {
    if (!binary.operator().isSet()) {
      return;
    }
    if (binary.matching().cardinality() != Cardinality.ONE_TO_ONE) {
      throw error(
          binary.span(),
          "no grouping allowed for " + Quoted.of(binary.operator().symbol()) + " operation");
    }
    if (!binary.matching().fill().isNone()) {
      throw error(binary.span(), "filling in missing series not allowed for set operators");
    }
  }

  private void checkWithoutMatching(Binary binary) {
    if (!binary.matching().labels().isEmpty()) {
      throw error(binary.span(), "vector matching only allowed between instant vectors");
    }
    if (!binary.matching().fill().isNone()) {
      throw error(binary.span(), "filling in missing series only allowed between instant vectors");
    }
    if (binary.operator().isSet()) {
      throw error(
          binary.span(),
          "set operator "
              + Quoted.of(binary.operator().symbol())
              + " not allowed in binary scalar expression");
    }
  }

  private Span operatorSpan(Binary binary) {
    int start = binary.left().span().end();
    while (start < query.length() && Character.isWhitespace(query.charAt(start))) {
      start++;
    }
    return new Span(start, Math.max(start, binary.right().span().start()));
  }

  private void checkCall(Call call) {
    Function function = call.function();
    int declared = function.arguments().size();
    int given = call.arguments().size();
    String tail = " argument(s) in call to " + Quoted.of(function.name()) + ", got " + given;
    if (function.variadic() == 0) {
      if (given != declared) {
        throw error(call.span(), "expected " + declared + tail);
      }
    } else if (given < declared - 1) {
      throw error(call.span(), "expected at least " + (declared - 1) + tail);
    } else if (function.variadic() > 0 && given > declared - 1 + function.variadic()) {
      throw error(call.span(), "expected at most " + (declared - 1 + function.variadic()) + tail);
    }
    boolean info = function.name().equals("info");
    for (int i = 0; i < given; i++) {
      Expr argument = call.arguments().get(i);
      if (info && i == 1) {
        checkInfoSelector(argument);
        continue;
      }
      check(argument);
      expect(
          argument,
          function.arguments().get(Math.min(i, declared - 1)),
          "call to function " + Quoted.of(function.name()));
    }
  }

  private void checkInfoSelector(Expr argument) {
    expect(argument, VECTOR, "call to function \"info\"");
    if (!(argument instanceof VectorSelector selector)) {
      throw error(argument.span(), "expected label selectors only");
    }
    if (!selector.name().isEmpty()) {
      throw error(argument.span(), "expected label selectors only, got vector selector instead");
    }
    checkSelector(selector, true);
  }

  private ParseException error(Span span, String problem) {
    return new ParseException(query, span, problem);
  }
}
