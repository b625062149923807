package io.oriel.promql.script;

import io.oriel.model.error.OrielException;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.Warning;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.QueryOptions;
import io.oriel.promql.QueryResult;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;
import io.oriel.promql.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Runs one `eval`; an instant one also as a range query around its time, whose middle step must be
/// the same.
record EvalRun(QueryEngine engine, MemoryStorage storage) {
  private static final Pattern QUERY_CONTEXT =
      Pattern.compile("\\b(start|end|range|step)\\s*\\(\\s*\\)", Pattern.CASE_INSENSITIVE);
  private static final long MINUTE = 60_000;

  /// What went wrong; empty when nothing did.
  List<String> run(Eval eval) {
    QueryResult result;
    try {
      result = query(eval);
    } catch (OrielException e) {
      return failed(eval, e);
    }
    if (eval.expects(Expectation.Kind.FAIL)) {
      return List.of("want a failure, got " + result.value());
    }
    List<String> problems = new ArrayList<>(notes(eval, result.warnings()));
    problems.addAll(new Comparison(eval).compare(result.value()));
    if (problems.isEmpty() && eval.instant && hasSteps(eval, result)) {
      problems.addAll(asRange(eval));
    }
    return problems;
  }

  private QueryResult query(Eval eval) {
    return eval.instant
        ? engine.instant(storage, eval.query, eval.grid.startMillis(), QueryOptions.DEFAULT).run()
        : engine.range(storage, eval.query, eval.grid, QueryOptions.DEFAULT).run();
  }

  private static List<String> failed(Eval eval, OrielException failure) {
    List<Expectation> wanted = eval.of(Expectation.Kind.FAIL);
    if (wanted.isEmpty()) {
      return List.of("want a result, got: " + failure.reason());
    }
    for (Expectation expectation : wanted) {
      if (!expectation.matches(failure.reason())) {
        return List.of("want failure \"" + expectation.text() + "\", got: " + failure.reason());
      }
    }
    return List.of();
  }

  private static boolean hasSteps(Eval eval, QueryResult result) {
    return eval.string == null
        && eval.rangeVector == null
        && !(result.value() instanceof Value.SampleMatrix)
        && !eval.expects(Expectation.Kind.ORDERED)
        && !QUERY_CONTEXT.matcher(eval.query).find();
  }

  private List<String> asRange(Eval eval) {
    long time = eval.grid.startMillis();
    Grid grid = new Grid(time - MINUTE, MINUTE, 3);
    try {
      QueryResult result = engine.range(storage, eval.query, grid, QueryOptions.DEFAULT).run();
      return new Comparison(eval)
          .compare(middle((Value.RangeMatrix) result.value(), eval)).stream()
              .map(problem -> "as range query: " + problem)
              .toList();
    } catch (OrielException e) {
      return List.of("as range query: " + e.reason());
    }
  }

  private static Value middle(Value.RangeMatrix matrix, Eval eval) {
    List<Column> columns = new ArrayList<>();
    for (Column column : matrix.series()) {
      if (column.isPresent(1)) {
        columns.add(single(column));
      }
    }
    long time = eval.grid.startMillis();
    return eval.scalar != null && columns.size() == 1
        ? new Value.Scalar(time, columns.getFirst().value(0))
        : new Value.InstantVector(time, columns);
  }

  private static Column single(Column column) {
    Column one = new Column(1).clear().labels(column.labels());
    NativeHistogram histogram = column.histogram(1);
    if (histogram != null) {
      one.set(0, histogram);
    } else {
      one.set(0, column.value(1));
    }
    return one;
  }

  private static List<String> notes(Eval eval, List<Warning> notes) {
    List<String> problems = new ArrayList<>();
    check(eval, notes, Warning.Level.WARNING, problems);
    check(eval, notes, Warning.Level.INFO, problems);
    return problems;
  }

  private static void check(
      Eval eval, List<Warning> notes, Warning.Level level, List<String> problems) {
    boolean warn = level == Warning.Level.WARNING;
    List<String> texts =
        notes.stream().filter(note -> note.level() == level).map(Warning::text).toList();
    List<Expectation> wanted = eval.of(warn ? Expectation.Kind.WARN : Expectation.Kind.INFO);
    for (Expectation expectation : wanted) {
      if (texts.stream().noneMatch(expectation::matches)) {
        problems.add("want " + level + " \"" + expectation.text() + "\", got " + texts);
      }
    }
    for (String text : wanted.isEmpty() ? List.<String>of() : texts) {
      if (wanted.stream().noneMatch(expectation -> expectation.matches(text))) {
        problems.add("unexpected " + level + ": " + text);
      }
    }
    if (eval.expects(warn ? Expectation.Kind.NO_WARN : Expectation.Kind.NO_INFO)
        && !texts.isEmpty()) {
      problems.add("want no " + level + ", got " + texts);
    }
  }
}
