package io.oriel.promql.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.promql.Feature;
import io.oriel.promql.check.TypeCheck;
import io.oriel.testkit.Conformance;
import java.io.IOException;
import java.nio.file.Files;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParserTest {
  private static final Set<Feature> ALL = EnumSet.allOf(Feature.class);

  private static Expr parse(String query) {
    Expr expr = Parser.parse(query, ALL);
    TypeCheck.check(expr, query);
    return expr;
  }

  private static String error(String query) {
    return assertThrows(ParseException.class, () -> parse(query), query).reason();
  }

  @Test
  void saysWhereAndWhatWasExpected() {
    assertEquals("1:1: parse error: no expression found in input", error(""));
    assertEquals("1:5: parse error: unexpected identifier \"bar\"", error("foo bar"));
    assertEquals("1:4: parse error: unexpected end of input", error("1 +"));
    assertEquals("2:1: parse error: unexpected <op:*>", error("\n* 1"));
    assertEquals("1:7: parse error: unclosed left parenthesis", error("sum(up"));
    assertEquals(
        "1:12: parse error: unexpected \"}\" in label matching, expected string",
        error("up{a=\"b\",c=}"));
    assertEquals("1:1: parse error: unknown function with name \"foo\"", error("foo(x)"));
    assertEquals(
        "1:6: parse error: expected type range vector in call to function \"rate\", got instant"
            + " vector",
        error("rate(x)"));
    assertEquals(
        "1:1: parse error: vector selector must contain at least one non-empty matcher",
        error("{a=\"\"}"));
    assertEquals(
        "1:3: parse error: comparisons between scalars must use BOOL modifier", error("1 > 2"));
    assertEquals("1:5: parse error: ranges only allowed for vector selectors", error("(up)[5m]"));
  }

  @Test
  void binaryOperatorsBindAsDocumented() {
    assertEquals(512, ((Expr.NumberLiteral) fold("2 ^ 3 ^ 2")).value());
    assertEquals(-4, ((Expr.NumberLiteral) fold("-2 ^ 2")).value());
    assertEquals(7, ((Expr.NumberLiteral) fold("1 + 2 * 3")).value());
    assertEquals(3, ((Expr.NumberLiteral) fold("8 - 4 - 1")).value());
  }

  /// The value of arithmetic on literals, as a literal.
  private static Expr fold(String query) {
    return new Expr.NumberLiteral(value(parse(query)), false, new Span(0, 0));
  }

  private static double value(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral literal -> literal.value();
      case Expr.Unary unary -> -value(unary.expr());
      case Expr.Binary binary ->
          switch (binary.operator()) {
            case ADD -> value(binary.left()) + value(binary.right());
            case SUBTRACT -> value(binary.left()) - value(binary.right());
            case MULTIPLY -> value(binary.left()) * value(binary.right());
            default -> Math.pow(value(binary.left()), value(binary.right()));
          };
      default -> throw new AssertionError(expr);
    };
  }

  @Test
  void printsAsUpstream() {
    assertEquals(
        "sum by (job) (rate(x_total{a!=\"b\"}[5m] offset -1m))",
        Printer.print(parse("SUM(rate(x_total{a!='b'}[300] offset -60s)) BY (job)")));
    assertEquals("a / on (job) group_left (x) b", Printer.print(parse("a/on(job)group_left(x)b")));
    assertEquals("x @ 1.500", Printer.print(parse("x @ 1.5")));
    assertEquals(
        "max_over_time(x[1h:] @ end())", Printer.print(parse("max_over_time(x[1h:]@end())")));
    assertEquals(
        "{\"c d\"=\"e\",__name__=\"a.b\"}", Printer.print(parse("{\"a.b\",\"c d\"=\"e\"}")));
  }

  @Test
  void breaksLongLines() {
    String query =
        "sum by (job, instance) (rate(http_request_duration_seconds_bucket{job=\"api\"}[5m]))"
            + " / on (job) group_left () sum(up)";

    assertEquals(
        """
          sum by (job, instance) (rate(http_request_duration_seconds_bucket{job="api"}[5m]))
        / on (job) group_left ()
          sum(up)""",
        Printer.format(parse(query)));
  }

  @Test
  void everyComplianceQueryParses() throws IOException {
    List<String> lines =
        Files.readAllLines(
            Conformance.require("metrics/promql-compliance/promql-test-queries.open.yml"));
    int parsed = 0;
    for (int i = 0; i < lines.size(); i++) {
      String text = lines.get(i).strip();
      boolean shouldFail =
          i + 1 < lines.size() && lines.get(i + 1).strip().startsWith("should_fail");
      if (!text.startsWith("- query:") || shouldFail) {
        continue;
      }
      String query = text.substring("- query:".length()).strip();
      boolean quoted = query.startsWith("'") || query.startsWith("\"");
      if (quoted) {
        query = query.substring(1, query.length() - 1).replace("\\\"", "\"").replace("\\\\", "\\");
      }
      query = expand(query);
      parse(query);
      parsed++;
    }
    System.out.println("promql compliance: " + parsed + " query templates parse");

    assertTrue(parsed > 50, "templates found: " + parsed);
  }

  /// One instance of a query template.
  private static String expand(String template) {
    return template
        .replaceAll("\\{\\{ *\\.range *}}", "5m")
        .replaceAll("\\{\\{ *\\.offset *}}", "1m")
        .replaceAll("\\{\\{ *\\.simpleAggrOp *}}", "sum")
        .replaceAll("\\{\\{ *\\.topBottomOp *}}", "topk")
        .replaceAll("\\{\\{ *\\.quantile *}}", "0.5")
        .replaceAll("\\{\\{ *\\.arithBinOp *}}", "+")
        .replaceAll("\\{\\{ *\\.compBinOp *}}", "==")
        .replaceAll("\\{\\{ *\\.binOp *}}", "+")
        .replaceAll("\\{\\{ *\\.simpleMathFunc *}}", "abs")
        .replaceAll("\\{\\{ *\\.extrapolatedRateFunc *}}", "rate")
        .replaceAll("\\{\\{ *\\.clampFunc *}}", "clamp_min")
        .replaceAll("\\{\\{ *\\.instantRateFunc *}}", "irate")
        .replaceAll("\\{\\{ *\\.dateFunc *}}", "hour")
        .replaceAll("\\{\\{ *\\.smoothingFactor *}}", "0.5")
        .replaceAll("\\{\\{ *\\.trendFactor *}}", "0.5")
        .replaceAll("\\{\\{ *\\.simpleTimeAggrOp *}}", "sum");
  }
}
