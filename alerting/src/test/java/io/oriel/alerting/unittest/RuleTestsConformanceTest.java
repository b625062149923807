package io.oriel.alerting.unittest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.re2j.Pattern;
import io.oriel.model.error.OrielException;
import io.oriel.promql.Feature;
import io.oriel.testkit.Conformance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Upstream's own unit-test files, those that pass and those that must not.
class RuleTestsConformanceTest {
  private static final RuleTests TESTS = new RuleTests(EnumSet.noneOf(Feature.class), () -> 0);

  @Test
  void passingFilesPass(@TempDir Path directory) throws IOException {
    Path promtool = Conformance.require("metrics/promtool");
    List<Path> files =
        List.of(
            promtool.resolve("unittest.yml"),
            promtool.resolve("at-modifier-test.yml"),
            schedulerTest(directory));
    int tests = 0;
    for (Path file : files) {
      RuleTestReport report = TESTS.run(file, Optional.empty());
      assertEquals(List.of(), report.failures(), file::toString);
      assertFalse(report.outcomes().isEmpty());
      tests += report.outcomes().size();
    }
    System.out.println("rule unit tests: " + files.size() + " files, " + tests + " tests passed");
  }

  /// The mixin's test of scheduler rules beside those rules, which kube-prometheus ships wrapped in
  /// a Kubernetes resource.
  private static Path schedulerTest(Path directory) throws IOException {
    String resource =
        Files.readString(
            Conformance.require(
                "metrics/kube-prometheus/kubernetesControlPlane-prometheusRule.yaml"));
    String groups = resource.substring(resource.indexOf("\nspec:\n") + "\nspec:\n".length());
    Files.writeString(directory.resolve("prometheus_rules.yaml"), groups.stripIndent());
    Path test = directory.resolve("tests/kube_scheduler-test.yaml");
    Files.createDirectories(test.getParent());
    return Files.copy(
        Conformance.require("metrics/rules/kubernetes-mixin-unit-tests/kube_scheduler-test.yaml"),
        test);
  }

  @Test
  void failingFilesFailAndSayWhere() throws IOException {
    Path promtool = Conformance.require("metrics/promtool");
    RuleTestReport failing = TESTS.run(promtool.resolve("failing.yml"), Optional.empty());
    assertEquals(4, failing.failures().size(), failing.failures()::toString);
    assertTrue(failing.failures().getLast().contains("alertname=\"AlwaysFiring\""));

    String badPromql =
        TESTS.run(promtool.resolve("bad-promql.yml"), Optional.empty()).failures().getFirst();
    assertTrue(badPromql.contains("join_1 + on(a) join_2"), badPromql);
    String badRule =
        TESTS
            .run(promtool.resolve("bad-rules-error-test.yml"), Optional.empty())
            .failures()
            .getFirst();
    assertTrue(badRule.contains("rule: "), badRule);
    assertThrows(
        OrielException.class,
        () -> TESTS.run(promtool.resolve("bad-input-series.yml"), Optional.empty()));
  }

  @Test
  void runsOnlyTheTestsAskedFor() throws IOException {
    Path file = Conformance.require("metrics/promtool").resolve("rules_run.yml");
    assertFalse(TESTS.run(file, Optional.empty()).isPassed());
    assertTrue(TESTS.run(file, Optional.of(Pattern.compile("correct"))).isPassed());
    assertFalse(TESTS.run(file, Optional.of(Pattern.compile("wrong"))).isPassed());
  }
}
