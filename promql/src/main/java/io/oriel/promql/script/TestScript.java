package io.oriel.promql.script;

import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import io.oriel.promql.EngineOptions;
import io.oriel.promql.Feature;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.eval.Execution.Workers;
import io.oriel.promql.parse.StringSyntax;
import io.oriel.promql.value.Grid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Runs a test script in the language of Prometheus' `promqltest`: `load`, `clear`, `eval`.
///
/// Source: promql/promqltest/README.md upstream.
public final class TestScript {
  private static final Pattern LOAD = Pattern.compile("load(?:_(with_nhcb))?\\s+(.+)");
  private static final Pattern INSTANT =
      Pattern.compile("eval(?:_(fail|warn|ordered|info))?\\s+instant\\s+(?:at\\s+(\\S+))?\\s*(.+)");
  private static final Pattern RANGE =
      Pattern.compile(
          "eval(?:_(fail|warn|info))?\\s+range\\s+from\\s+(\\S+)\\s+to\\s+(\\S+)"
              + "\\s+step\\s+(\\S+?)\\s+(.+)");
  private static final Pattern RANGE_VECTOR =
      Pattern.compile(
          "expect\\s+range\\s+vector\\s+from\\s+(\\S+)\\s+to\\s+(\\S+)\\s+step\\s+(\\S+)");

  private final List<String> lines;
  private final EvalRun runner;
  private final MemoryStorage storage = new MemoryStorage();
  private final List<String> failures = new ArrayList<>();
  private int at;
  private int passed;

  private TestScript(String name, String text) {
    this.lines = text.lines().map(TestScript::withoutComment).toList();
    QueryEngine engine = engine(features(name));
    this.runner = new EvalRun(engine, storage);
  }

  /// Runs the script {@code text} and says how it went. {@code name} appears in the report; as
  /// upstream, a name with `start_timestamp` in it switches start timestamps on.
  public static ScriptReport run(String name, String text) {
    TestScript script = new TestScript(name, text);
    script.run();
    return new ScriptReport(name, script.passed, script.failures);
  }

  /// What upstream's own runs of these scripts have on.
  private static Set<Feature> features(String name) {
    Set<Feature> features =
        EnumSet.of(
            Feature.EXPERIMENTAL_FUNCTIONS,
            Feature.EXTENDED_RANGE_SELECTORS,
            Feature.BINOP_FILL_MODIFIERS,
            Feature.DELAYED_NAME_REMOVAL,
            Feature.USE_START_TIMESTAMPS);
    if (name.contains("type_and_unit")) {
      features.add(Feature.TYPE_AND_UNIT_LABELS);
    }
    return features;
  }

  private static QueryEngine engine(Set<Feature> features) {
    EngineOptions options =
        new EngineOptions(
            Duration.ofMinutes(5),
            Duration.ofSeconds(100),
            50_000_000,
            0,
            1,
            Duration.ofMinutes(1),
            features);
    return new QueryEngine(options, new Workers(Runnable::run, 1), () -> 0);
  }

  private static String withoutComment(String line) {
    String stripped = line.strip();
    return stripped.startsWith("#") ? "" : stripped;
  }

  private void run() {
    while (at < lines.size()) {
      String line = lines.get(at);
      int start = at + 1;
      try {
        command(line);
      } catch (OrielException e) {
        failures.add("line " + start + ": " + e.reason());
        skipBlock();
      }
    }
  }

  private void skipBlock() {
    while (at < lines.size() && !lines.get(at).isEmpty()) {
      at++;
    }
  }

  private void command(String line) {
    at++;
    if (line.isEmpty()) {
      return;
    }
    if (line.equals("clear")) {
      storage.clear();
      return;
    }
    Matcher load = LOAD.matcher(line);
    if (load.matches()) {
      LoadBlock block = new LoadBlock(load.group(2).strip(), load.group(1) != null);
      while (at < lines.size() && !lines.get(at).isEmpty()) {
        block.add(lines.get(at++));
      }
      block.into(storage);
      return;
    }
    Eval eval = eval(line);
    while (at < lines.size() && !lines.get(at).isEmpty()) {
      expected(eval, lines.get(at++));
    }
    List<String> problems = runner.run(eval);
    if (problems.isEmpty()) {
      passed++;
    } else {
      failures.add("line " + eval.line + ": " + eval.query + ": " + problems.getFirst());
    }
  }

  private Eval eval(String line) {
    Matcher instant = INSTANT.matcher(line);
    Matcher range = RANGE.matcher(line);
    Eval eval;
    String mode;
    if (instant.matches()) {
      String time = instant.group(2) == null ? "0" : instant.group(2);
      Grid grid = new Grid(millis(time), 0, 1);
      eval = new Eval(instant.group(3), at, true, grid);
      mode = instant.group(1);
    } else if (range.matches()) {
      Grid grid =
          Grid.between(millis(range.group(2)), millis(range.group(3)), millis(range.group(4)));
      eval = new Eval(range.group(5), at, false, grid);
      mode = range.group(1);
    } else {
      throw OrielException.invalid("invalid command \"" + line + "\"");
    }
    if (mode != null) {
      eval.expectations.add(Expectation.parse(mode));
    }
    return eval;
  }

  private static long millis(String text) {
    return text.startsWith("-")
        ? -DurationSyntax.parseMillis(text.substring(1))
        : DurationSyntax.parseMillis(text);
  }

  private void expected(Eval eval, String line) {
    Matcher rangeVector = RANGE_VECTOR.matcher(line);
    if (rangeVector.matches()) {
      eval.rangeVector =
          Grid.between(
              millis(rangeVector.group(1)),
              millis(rangeVector.group(2)),
              millis(rangeVector.group(3)));
    } else if (line.startsWith("expect string ")) {
      eval.string = StringSyntax.unquote(line.substring("expect string ".length()).strip());
    } else if (line.startsWith("expect ")) {
      eval.expectations.add(Expectation.parse(line.substring("expect ".length())));
    } else if (line.startsWith("expected_fail_message")) {
      String text = line.substring("expected_fail_message".length()).strip();
      eval.expectations.add(new Expectation(Expectation.Kind.FAIL, Expectation.Match.EXACT, text));
    } else if (line.startsWith("expected_fail_regexp")) {
      String text = line.substring("expected_fail_regexp".length()).strip();
      eval.expectations.add(new Expectation(Expectation.Kind.FAIL, Expectation.Match.REGEX, text));
    } else if (isNumber(line)) {
      eval.scalar = SeriesLine.number(line, line);
    } else {
      SeriesLine series = SeriesLine.parse(line);
      int position = eval.series.size() + 1;
      eval.series.put(series.labels(), new Eval.Expected(position, series.values()));
    }
  }

  private static boolean isNumber(String line) {
    try {
      SeriesLine.number(line, line);
      return true;
    } catch (OrielException _) {
      return false;
    }
  }
}
