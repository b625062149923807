package io.oriel.alerting.unittest;

import com.google.re2j.Pattern;
import io.oriel.alerting.rule.RuleFile;
import io.oriel.alerting.rule.RuleFileReader;
import io.oriel.model.time.DurationSyntax;
import io.oriel.promql.EngineOptions;
import io.oriel.promql.Feature;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.eval.Execution.Workers;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Runs files of rule tests. Thread-safe.
public final class RuleTests {
  /// How alerts that are not as expected are told.
  public enum Differences {
    /** What was expected, then what came. */
    SIDE_BY_SIDE,
    /** As one text that shows in colours where they differ. */
    IN_COLOURS
  }

  private final Set<Feature> features;
  private final LongSupplier nanos;
  private final Differences differences;
  private final @Nullable Consumer<String> debug;

  /// @param features parts of PromQL that are on
  /// @param nanos elapsed time, for durations in the report
  public RuleTests(Set<Feature> features, LongSupplier nanos) {
    this(features, nanos, Differences.SIDE_BY_SIDE, null);
  }

  /// As the other constructor.
  ///
  /// @param debug is told when tests begin and end, and all their data; null not to be told
  public RuleTests(
      Set<Feature> features,
      LongSupplier nanos,
      Differences differences,
      @Nullable Consumer<String> debug) {
    this.differences = differences;
    this.debug = debug;
    this.features = features.isEmpty() ? EnumSet.noneOf(Feature.class) : EnumSet.copyOf(features);
    this.nanos = nanos;
  }

  /// Runs the tests in {@code file} whose names contain a match of {@code names}; all when absent.
  ///
  /// @throws io.oriel.model.error.OrielException when the file, or a rule file it names, has
  ///   mistakes
  /// @throws IOException when one cannot be read
  public RuleTestReport run(Path file, Optional<Pattern> names) throws IOException {
    RuleTestFile tests = RuleTestFile.load(file);
    EngineOptions options =
        new EngineOptions(
            EngineOptions.DEFAULT.lookback(),
            Duration.ofSeconds(100),
            EngineOptions.DEFAULT.maxSamples(),
            0,
            1,
            Duration.ofMillis(tests.evaluationMillis()),
            features);
    QueryEngine engine = new QueryEngine(options, new Workers(Runnable::run, 1), nanos);
    RuleFileReader reader = new RuleFileReader(engine::parse, RuleFileReader.Naming.UTF8);
    List<RuleFile> rules = new ArrayList<>();
    for (Path ruleFile : ruleFiles(file, tests.rulePatterns())) {
      rules.add(reader.read(ruleFile));
    }
    List<RuleTestReport.Outcome> outcomes = new ArrayList<>();
    for (RuleTestFile.Test test : tests.tests()) {
      if (names.isEmpty() || names.get().matcher(test.name()).find()) {
        long start = nanos.getAsLong();
        tell("Starting test " + test.name());
        RuleTestRun run = new RuleTestRun(tests, test, rules, engine, differences, nanos);
        List<String> failures = run.run();
        if (debug != null) {
          String when = DurationSyntax.format(run.lastSecondMillis());
          tell("Dump of all data (input_series and rules) at " + when + ":\n" + run.dump());
        }
        long took = nanos.getAsLong() - start;
        tell("Test " + test.name() + " finished, took " + took / 1_000_000 + "ms");
        outcomes.add(new RuleTestReport.Outcome(test.name(), failures, took));
      }
    }
    return new RuleTestReport(file.toString(), outcomes);
  }

  private void tell(String text) {
    if (debug != null) {
      debug.accept("DEBUG: " + text);
    }
  }

  private static List<Path> ruleFiles(Path file, List<String> patterns) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String pattern : patterns) {
      Path path = file.toAbsolutePath().resolveSibling(pattern);
      Path directory = path.getParent();
      if (directory != null && Files.isDirectory(directory)) {
        try (DirectoryStream<Path> children =
            Files.newDirectoryStream(directory, path.getFileName().toString())) {
          List<Path> sorted = new ArrayList<>();
          children.forEach(sorted::add);
          sorted.sort(Comparator.naturalOrder());
          found.addAll(sorted);
        }
      }
    }
    return found;
  }
}
