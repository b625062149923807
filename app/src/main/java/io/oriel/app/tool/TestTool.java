package io.oriel.app.tool;

import com.google.re2j.Pattern;
import io.oriel.alerting.unittest.RuleTestReport;
import io.oriel.alerting.unittest.RuleTests;
import io.oriel.model.error.OrielException;
import io.oriel.promql.Feature;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Unit tests for what people write for the platform.
@Command(
    name = "test",
    mixinStandardHelpOptions = true,
    description = "Runs unit tests; exits with 1 when one fails.")
final class TestTool {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Command(
      mixinStandardHelpOptions = true,
      description = "Runs rule unit tests, in Prometheus' file format.")
  int rules(
      @Option(
              names = "--run",
              paramLabel = "REGEX",
              description = "Only tests whose names match; may be given more than once.")
          List<String> run,
      @Option(names = "--junit", paramLabel = "FILE", description = "Write results as JUnit XML.")
          Path junit,
      @Option(
              names = "--enable-feature",
              split = ",",
              paramLabel = "NAME",
              description = "Parts of PromQL to switch on, as for oriel metrics.")
          List<String> features,
      @Option(
              names = "--diff",
              description = "Show in colours where expected and received alerts differ.")
          boolean diff,
      @Option(names = "--debug", description = "Tell when tests begin and end, and all their data.")
          boolean debug,
      @Parameters(arity = "1..*", paramLabel = "FILE") List<Path> files)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    EnumSet<Feature> on = EnumSet.noneOf(Feature.class);
    for (String name : features == null ? List.<String>of() : features) {
      on.add(
          Feature.ofFlag(name)
              .orElseThrow(
                  () ->
                      OrielException.invalid(
                          "--enable-feature: got \""
                              + name
                              + "\", want one of PromQL's features")));
    }
    Optional<Pattern> names =
        run == null ? Optional.empty() : Optional.of(Pattern.compile(String.join("|", run)));
    RuleTests tests =
        new RuleTests(
            on,
            System::nanoTime,
            diff ? RuleTests.Differences.IN_COLOURS : RuleTests.Differences.SIDE_BY_SIDE,
            debug ? this::debug : null);
    JUnitReport report = new JUnitReport();
    boolean ok = true;
    for (Path file : files) {
      out.println("Unit Testing:  " + file);
      try {
        RuleTestReport result = tests.run(file, names);
        report.add(result);
        ok &= result.isPassed();
        print(out, result.failures());
      } catch (OrielException e) {
        report.abort(file.toString(), e.reason());
        ok = false;
        print(out, e.reason().lines().toList());
      }
    }
    out.flush();
    if (junit != null) {
      Files.writeString(junit, report.toXml());
    }
    return ok ? 0 : 1;
  }

  private void debug(String text) {
    spec.commandLine().getErr().println(text);
    spec.commandLine().getErr().flush();
  }

  private static void print(PrintWriter out, List<String> failures) {
    out.println(failures.isEmpty() ? "  SUCCESS" : "  FAILED:");
    failures.forEach(failure -> out.println(failure + "\n"));
    out.println();
  }
}
