package io.oriel.app.tool;

import io.oriel.model.series.Querier;
import io.oriel.model.series.Queryable;
import io.oriel.promql.EngineOptions;
import io.oriel.promql.Feature;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.QueryOptions;
import io.oriel.promql.eval.Execution;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.parse.Printer;
import io.oriel.promql.value.Grid;
import java.io.PrintWriter;
import java.util.EnumSet;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// PromQL without a server.
@Command(
    name = "promql",
    mixinStandardHelpOptions = true,
    description =
        "Formats, parses and explains PromQL expressions, all features of the language on.")
final class PromqlTool {
  @Spec private CommandSpec spec = CommandSpec.create();

  private static QueryEngine engine() {
    EngineOptions all = EngineOptions.DEFAULT.with(EnumSet.allOf(Feature.class));
    return new QueryEngine(all, new Execution.Workers(Runnable::run, 1), System::nanoTime);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  @Command(description = "Prints the expression in the one canonical form.")
  void format(@Parameters(paramLabel = "QUERY") String query) {
    out().println(Printer.format(engine().parse(query)));
    out().flush();
  }

  @Command(description = "Prints the syntax tree, one node a line, innermost deepest.")
  void parse(@Parameters(paramLabel = "QUERY") String query) {
    tree(engine().parse(query), 0);
    out().flush();
  }

  @Command(description = "Prints the operators that would run, without running them.")
  void explain(@Parameters(paramLabel = "QUERY") String query) {
    out()
        .println(
            engine()
                .range(new Nothing(), query, new Grid(0, 60_000, 2), QueryOptions.DEFAULT)
                .explain()
                .stripTrailing());
    out().flush();
  }

  private void tree(Expr expr, int depth) {
    String kind =
        expr.getClass()
            .getSimpleName()
            .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
            .toLowerCase(Locale.ROOT);
    out().println("  ".repeat(depth) + kind + "  " + Printer.print(expr));
    switch (expr) {
      case Expr.NumberLiteral _, Expr.StringLiteral _, Expr.VectorSelector _ -> {
        // a leaf
      }
      case Expr.MatrixSelector matrix -> tree(matrix.selector(), depth + 1);
      case Expr.Subquery subquery -> tree(subquery.expr(), depth + 1);
      case Expr.Paren paren -> tree(paren.expr(), depth + 1);
      case Expr.Unary unary -> tree(unary.expr(), depth + 1);
      case Expr.Binary binary -> {
        tree(binary.left(), depth + 1);
        tree(binary.right(), depth + 1);
      }
      case Expr.Call call -> call.arguments().forEach(argument -> tree(argument, depth + 1));
      case Expr.Aggregate aggregate ->
          aggregate.arguments().forEach(argument -> tree(argument, depth + 1));
    }
  }

  /// A source that is never read, because an explained query does not run.
  private static final class Nothing implements Queryable {
    @Override
    public Querier querier(long minMillis, long maxMillis) {
      throw new IllegalStateException("an explained query reads nothing");
    }
  }
}
