package io.oriel.metrics.api;

import io.oriel.model.json.JsonWriter;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.number.GoFloat;
import io.oriel.promql.parse.BinaryOperator;
import io.oriel.promql.parse.DurationExpr;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.parse.TimeShift;
import io.oriel.promql.parse.ValueType;
import io.oriel.promql.parse.VectorMatching;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A parsed query as `parse_query` shows it: nested objects, each with its `type`.
final class QueryTree {
  private QueryTree() {}

  static void write(JsonWriter json, Expr expr) {
    json.beginObject();
    switch (expr) {
      case Expr.NumberLiteral number ->
          json.name("type").string("numberLiteral").name("val").string(plain(number.value()));
      case Expr.StringLiteral text ->
          json.name("type").string("stringLiteral").name("val").string(text.value());
      case Expr.Paren paren -> {
        json.name("type").string("parenExpr").name("expr");
        write(json, paren.expr());
      }
      case Expr.Unary unary -> {
        json.name("type").string("unaryExpr").name("op").string(unary.minus() ? "-" : "+");
        write(json.name("expr"), unary.expr());
      }
      case Expr.Binary binary -> binary(json, binary);
      case Expr.Call call -> call(json, call);
      case Expr.Aggregate aggregate -> aggregate(json, aggregate);
      case Expr.VectorSelector selector -> {
        json.name("type").string("vectorSelector");
        selector(json, selector);
      }
      case Expr.MatrixSelector matrix -> {
        json.name("type").string("matrixSelector");
        duration(json, "range", matrix.range());
        selector(json, matrix.selector());
      }
      case Expr.Subquery subquery -> {
        json.name("type").string("subquery");
        write(json.name("expr"), subquery.expr());
        duration(json, "range", subquery.range());
        duration(json, "step", subquery.step());
        shift(json, subquery.shift());
      }
    }
    json.endObject();
  }

  private static String plain(double value) {
    return GoFloat.format(value);
  }

  private static void binary(JsonWriter json, Expr.Binary binary) {
    json.name("type").string("binaryExpr").name("op").string(binary.operator().symbol());
    write(json.name("lhs"), binary.left());
    write(json.name("rhs"), binary.right());
    json.name("matching");
    boolean vectors =
        binary.left().type() != ValueType.SCALAR && binary.right().type() != ValueType.SCALAR;
    if (vectors) {
      matching(json, binary.matching());
    } else {
      json.nothing();
    }
    json.name("bool").bool(binary.returnBool());
  }

  private static void matching(JsonWriter json, VectorMatching matching) {
    json.beginObject().name("card").string(matching.cardinality().word());
    strings(json.name("labels"), matching.labels());
    json.name("on").bool(matching.on());
    strings(json.name("include"), matching.include());
    VectorMatching.Fill fill = matching.fill();
    json.name("fillValues").beginObject();
    fill(json.name("lhs"), fill.onLeft(), fill.left());
    fill(json.name("rhs"), fill.onRight(), fill.right());
    json.endObject().endObject();
  }

  private static void fill(JsonWriter json, boolean given, double value) {
    if (given) {
      json.number(value);
    } else {
      json.nothing();
    }
  }

  private static void call(JsonWriter json, Expr.Call call) {
    json.name("type").string("call").name("func").beginObject();
    json.name("name").string(call.function().name());
    json.name("argTypes").beginArray();
    call.function().arguments().forEach(type -> json.string(type.word()));
    json.endArray().name("variadic").number((long) call.function().variadic());
    json.name("returnType").string(call.function().returns().word()).endObject();
    json.name("args").beginArray();
    call.arguments().forEach(argument -> write(json, argument));
    json.endArray();
  }

  private static void aggregate(JsonWriter json, Expr.Aggregate aggregate) {
    json.name("type").string("aggregation").name("op").string(aggregate.operator().word());
    write(json.name("expr"), aggregate.vector());
    json.name("param");
    if (aggregate.arguments().size() > 1) {
      write(json, aggregate.arguments().getFirst());
    } else {
      json.nothing();
    }
    strings(json.name("grouping"), aggregate.grouping());
    json.name("without").bool(aggregate.without());
  }

  private static void selector(JsonWriter json, Expr.VectorSelector selector) {
    json.name("name").string(selector.name());
    json.name("matchers").beginArray();
    for (Matcher matcher : selector.matchers()) {
      json.beginObject().name("name").string(matcher.name());
      json.name("value").string(matcher.value());
      json.name("type").string(matcher.type().symbol()).endObject();
    }
    json.endArray();
    shift(json, selector.shift());
    json.name("anchored").bool(selector.edges() == Expr.Edges.ANCHORED);
    json.name("smoothed").bool(selector.edges() == Expr.Edges.SMOOTHED);
  }

  private static void shift(JsonWriter json, TimeShift shift) {
    duration(json, "offset", shift.offset());
    json.name("timestamp");
    if (shift.at().kind() == TimeShift.AtKind.FIXED) {
      json.number(shift.at().millis());
    } else {
      json.nothing();
    }
    json.name("startOrEnd");
    switch (shift.at().kind()) {
      case START -> json.string("start");
      case END -> json.string("end");
      case EVALUATION, FIXED -> json.nothing();
    }
  }

  /// `name` with milliseconds, and `nameExpr` with the tree where it is more than a literal.
  private static void duration(JsonWriter json, String name, DurationExpr duration) {
    json.name(name);
    switch (duration) {
      case DurationExpr.Literal literal -> {
        json.number(Math.round(literal.seconds() * 1000));
        json.name(name + "Expr").nothing();
      }
      case DurationExpr.Negation(DurationExpr.Literal literal, _) -> {
        json.number(-Math.round(literal.seconds() * 1000));
        json.name(name + "Expr").nothing();
      }
      default -> {
        json.number(0L);
        tree(json.name(name + "Expr"), duration, false);
      }
    }
  }

  private static void tree(JsonWriter json, DurationExpr duration, boolean wrapped) {
    switch (duration) {
      case DurationExpr.Literal literal ->
          json.beginObject()
              .name("type")
              .string("numberLiteral")
              .name("val")
              .string(plain(literal.seconds()))
              .name("duration")
              .bool(literal.unit())
              .endObject();
      case DurationExpr.Step _ -> node(json, "step", null, null, wrapped);
      case DurationExpr.Range _ -> node(json, "range", null, null, wrapped);
      case DurationExpr.Negation(DurationExpr operand, _) ->
          node(json, BinaryOperator.SUBTRACT.symbol(), null, operand, wrapped);
      case DurationExpr.Extreme(boolean max, DurationExpr left, DurationExpr right, _) ->
          node(json, max ? "max_of" : "min_of", left, right, wrapped);
      case DurationExpr.Arithmetic(BinaryOperator operator, DurationExpr left, var right, _) ->
          node(json, operator.symbol(), left, right, wrapped);
      case DurationExpr.Parenthesised(DurationExpr operand, _) -> tree(json, operand, true);
    }
  }

  private static void node(
      JsonWriter json,
      String operator,
      @Nullable DurationExpr left,
      @Nullable DurationExpr right,
      boolean wrapped) {
    json.beginObject().name("type").string("durationExpr").name("op").string(operator);
    side(json.name("lhs"), left);
    side(json.name("rhs"), right);
    json.name("wrapped").bool(wrapped).endObject();
  }

  private static void side(JsonWriter json, @Nullable DurationExpr operand) {
    if (operand == null) {
      json.nothing();
    } else {
      tree(json, operand, false);
    }
  }

  private static void strings(JsonWriter json, List<String> strings) {
    json.beginArray();
    strings.forEach(json::string);
    json.endArray();
  }
}
