package io.oriel.promql.parse;

import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Quoted;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.number.GoFloat;
import io.oriel.model.time.DurationSyntax;
import io.oriel.promql.parse.Expr.Aggregate;
import io.oriel.promql.parse.Expr.Binary;
import io.oriel.promql.parse.Expr.Call;
import io.oriel.promql.parse.Expr.MatrixSelector;
import io.oriel.promql.parse.Expr.NumberLiteral;
import io.oriel.promql.parse.Expr.Paren;
import io.oriel.promql.parse.Expr.StringLiteral;
import io.oriel.promql.parse.Expr.Subquery;
import io.oriel.promql.parse.Expr.Unary;
import io.oriel.promql.parse.Expr.VectorSelector;
import io.oriel.promql.parse.VectorMatching.Cardinality;
import io.oriel.promql.parse.VectorMatching.Fill;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Writes expressions as upstream does: on one line, or broken where a line would pass 100
/// characters (`promtool promql format`). Parsing what it wrote gives the same expression again.
public final class Printer {
  private static final int LINE = 100;

  private Printer() {}

  /// {@code expr} on one line.
  public static String print(Expr expr) {
    return switch (expr) {
      case NumberLiteral literal -> number(literal);
      case StringLiteral literal -> StringSyntax.quote(literal.value());
      case VectorSelector selector ->
          series(selector)
              + at(selector.shift())
              + selector.edges().suffix()
              + offset(selector.shift());
      case MatrixSelector(VectorSelector selector, DurationExpr range, _) ->
          series(selector)
              + "["
              + range(range)
              + "]"
              + selector.edges().suffix()
              + at(selector.shift())
              + offset(selector.shift());
      case Subquery subquery -> print(subquery.expr()) + window(subquery);
      case Paren paren -> "(" + print(paren.expr()) + ")";
      case Unary unary -> (unary.minus() ? "-" : "+") + print(unary.expr());
      case Binary binary ->
          print(binary.left()) + " " + operator(binary) + " " + print(binary.right());
      case Call call -> call.function().name() + "(" + list(call.arguments()) + ")";
      case Aggregate aggregate -> head(aggregate) + "(" + list(aggregate.arguments()) + ")";
    };
  }

  /// {@code expr} over as many lines as it takes to stay readable.
  public static String format(Expr expr) {
    return format(expr, 0);
  }

  /// A duration as written in brackets, or behind `offset`.
  static String duration(DurationExpr expr) {
    return switch (expr) {
      case DurationExpr.Literal(double seconds, boolean unit, _) ->
          unit ? units(seconds) : GoFloat.format(seconds);
      case DurationExpr.Step _ -> "step()";
      case DurationExpr.Range _ -> "range()";
      case DurationExpr.Negation(DurationExpr operand, _) -> "-" + duration(operand);
      case DurationExpr.Parenthesised(DurationExpr operand, _) -> "(" + duration(operand) + ")";
      case DurationExpr.Extreme(boolean max, DurationExpr left, DurationExpr right, _) ->
          (max ? "max_of(" : "min_of(") + duration(left) + ", " + duration(right) + ")";
      case DurationExpr.Arithmetic(
              BinaryOperator operator,
              DurationExpr left,
              DurationExpr right,
              _) ->
          duration(left) + " " + operator.symbol() + " " + duration(right);
    };
  }

  private static String format(Expr expr, int level) {
    String indent = "  ".repeat(level);
    String line = print(expr);
    boolean fits = line.length() <= LINE;
    return switch (expr) {
      case Binary binary when !fits ->
          format(binary.left(), level + 1)
              + "\n"
              + indent
              + operator(binary)
              + "\n"
              + format(binary.right(), level + 1);
      case Call call when !fits ->
          indent
              + call.function().name()
              + "(\n"
              + lines(call.arguments(), level + 1)
              + "\n"
              + indent
              + ")";
      case Aggregate aggregate when !fits ->
          indent
              + head(aggregate)
              + "(\n"
              + lines(aggregate.arguments(), level + 1)
              + "\n"
              + indent
              + ")";
      case Paren paren when !fits ->
          indent + "(\n" + format(paren.expr(), level + 1) + "\n" + indent + ")";
      case Subquery subquery when !fits -> format(subquery.expr(), level) + window(subquery);
      case Unary unary ->
          indent + (unary.minus() ? "-" : "+") + format(unary.expr(), level).strip();
      case NumberLiteral _,
          StringLiteral _,
          VectorSelector _,
          MatrixSelector _,
          Binary _,
          Call _,
          Aggregate _,
          Paren _,
          Subquery _ ->
          indent + line;
    };
  }

  private static String lines(List<Expr> exprs, int level) {
    return exprs.stream().map(expr -> format(expr, level)).collect(Collectors.joining(",\n"));
  }

  private static String list(List<Expr> exprs) {
    return exprs.stream().map(Printer::print).collect(Collectors.joining(", "));
  }

  private static String head(Aggregate aggregate) {
    String word = aggregate.operator().word();
    if (aggregate.without()) {
      return word + " without (" + labels(aggregate.grouping()) + ") ";
    }
    return aggregate.grouping().isEmpty()
        ? word
        : word + " by (" + labels(aggregate.grouping()) + ") ";
  }

  private static String operator(Binary binary) {
    StringBuilder out = new StringBuilder(binary.operator().symbol());
    if (binary.returnBool()) {
      out.append(" bool");
    }
    VectorMatching matching = binary.matching();
    boolean grouped =
        matching.cardinality() == Cardinality.MANY_TO_ONE
            || matching.cardinality() == Cardinality.ONE_TO_MANY;
    if (!matching.labels().isEmpty() || matching.on() || grouped) {
      out.append(matching.on() ? " on (" : " ignoring (");
      out.append(labels(matching.labels())).append(')');
    }
    if (grouped) {
      boolean left = matching.cardinality() == Cardinality.MANY_TO_ONE;
      out.append(left ? " group_left (" : " group_right (");
      out.append(labels(matching.include())).append(')');
    }
    return out.append(fill(matching.fill())).toString();
  }

  private static String fill(Fill fill) {
    if (fill.onLeft() && fill.onRight() && fill.left() == fill.right()) {
      return " fill (" + GoFloat.formatShort(fill.left()) + ")";
    }
    return (fill.onLeft() ? " fill_left (" + GoFloat.formatShort(fill.left()) + ")" : "")
        + (fill.onRight() ? " fill_right (" + GoFloat.formatShort(fill.right()) + ")" : "");
  }

  private static String labels(List<String> labels) {
    return labels.stream()
        .map(label -> LabelName.isLegacy(label) ? label : Quoted.of(label))
        .collect(Collectors.joining(", "));
  }

  private static String series(VectorSelector selector) {
    String inside =
        selector.matchers().stream()
            .filter(matcher -> !isName(matcher, selector.name()))
            .map(Matcher::toString)
            .sorted()
            .collect(Collectors.joining(","));
    return inside.isEmpty() && !selector.name().isEmpty()
        ? selector.name()
        : selector.name() + "{" + inside + "}";
  }

  private static boolean isName(Matcher matcher, String name) {
    return matcher.name().equals(LabelName.METRIC)
        && matcher.type() == Matcher.Type.EQUAL
        && matcher.value().equals(name)
        && !name.isEmpty();
  }

  private static String at(TimeShift shift) {
    return switch (shift.at().kind()) {
      case EVALUATION -> "";
      case FIXED -> String.format(Locale.ROOT, " @ %.3f", shift.at().millis() / 1000.0);
      case START -> " @ start()";
      case END -> " @ end()";
    };
  }

  private static String offset(TimeShift shift) {
    DurationExpr offset = shift.offset();
    if (offset.isNone()) {
      return "";
    }
    return " offset " + range(offset);
  }

  /// A literal with units, whether written so or not, as upstream prints ranges.
  private static String range(DurationExpr range) {
    return range instanceof DurationExpr.Literal(double seconds, _, _)
        ? units(seconds)
        : duration(range);
  }

  private static String window(Subquery subquery) {
    String step = subquery.step().isNone() ? "" : range(subquery.step());
    return "["
        + range(subquery.range())
        + ":"
        + step
        + "]"
        + at(subquery.shift())
        + offset(subquery.shift());
  }

  private static String number(NumberLiteral literal) {
    return literal.duration() ? units(literal.value()) : GoFloat.format(literal.value());
  }

  private static String units(double seconds) {
    return DurationSyntax.format(Math.round(seconds * 1000));
  }
}
