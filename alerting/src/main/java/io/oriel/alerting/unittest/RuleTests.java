package io.oriel.alerting.unittest;

import com.google.re2j.Pattern;
import io.oriel.alerting.rule.RuleFile;
import io.oriel.alerting.rule.RuleFileReader;
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
import java.util.function.LongSupplier;

/// Runs files of rule tests. Thread-safe.
public final class RuleTests {
  private final Set<Feature> features;
  private final LongSupplier nanos;

  /// @param features parts of PromQL that are on
  /// @param nanos elapsed time, for durations in the report
  public RuleTests(Set<Feature> features, LongSupplier nanos) {
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
        List<String> failures = new RuleTestRun(tests, test, rules, engine, nanos).run();
        outcomes.add(new RuleTestReport.Outcome(test.name(), failures, nanos.getAsLong() - start));
      }
    }
    return new RuleTestReport(file.toString(), outcomes);
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
