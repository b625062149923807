package io.oriel.app.tool;

import io.oriel.alerting.rule.RuleConfig;
import io.oriel.alerting.rule.RuleFile;
import io.oriel.alerting.rule.RuleFileReader;
import io.oriel.metrics.config.PrometheusConfig;
import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import io.oriel.promql.EngineOptions;
import io.oriel.promql.Feature;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.eval.Execution;
import io.oriel.runtime.http.WebConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Says whether files would be accepted, and what is in them.
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Checks configuration and rule files; exits with 1 when one would be refused.")
final class CheckTool {
  @Spec private CommandSpec spec = CommandSpec.create();

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /// Reads rules with all of PromQL's features on.
  static RuleFileReader ruleReader() {
    EngineOptions options = EngineOptions.DEFAULT.with(EnumSet.allOf(Feature.class));
    QueryEngine engine =
        new QueryEngine(options, new Execution.Workers(Runnable::run, 1), System::nanoTime);
    return new RuleFileReader(engine::parse, RuleFileReader.Naming.UTF8);
  }

  @Command(description = "Checks prometheus.yml files and the rule files they name.")
  int config(
      @Option(names = "--syntax-only", description = "Do not look at other files.")
          boolean syntaxOnly,
      @Parameters(arity = "1..*", paramLabel = "FILE") List<Path> files)
      throws IOException {
    boolean ok = true;
    for (Path file : files) {
      out().println("Checking " + file);
      try {
        PrometheusConfig config = PrometheusConfig.load(file, CheckTool::environment);
        List<Path> rules = syntaxOnly ? List.of() : RuleFiles.named(config);
        out()
            .println(
                "  SUCCESS: "
                    + file
                    + " is valid prometheus config file syntax"
                    + (rules.isEmpty() ? "" : ", " + rules.size() + " rule files found"));
        ok &= checkRules(rules);
      } catch (OrielException e) {
        ok = false;
        failed(e.reason());
      }
    }
    out().flush();
    return ok ? 0 : 1;
  }

  @Command(description = "Checks rule files: syntax, expressions, templates, names.")
  int rules(@Parameters(arity = "1..*", paramLabel = "FILE") List<Path> files) throws IOException {
    boolean ok = checkRules(files);
    out().flush();
    return ok ? 0 : 1;
  }

  @Command(
      name = "service-discovery",
      description = {
        "Discovers the targets of a job, and prints their labels before and after relabelling.",
        "Example: oriel tool check service-discovery --timeout=5s prometheus.yml node"
      })
  int serviceDiscovery(
      @Option(
              names = "--timeout",
              paramLabel = "DURATION",
              defaultValue = "30s",
              description = "How long to wait for results.")
          String timeout,
      @Parameters(index = "0", paramLabel = "FILE") Path file,
      @Parameters(index = "1", paramLabel = "JOB") String job)
      throws IOException, InterruptedException {
    PrometheusConfig config = PrometheusConfig.load(file, CheckTool::environment);
    out().println(DiscoveryCheck.run(config, job, DurationSyntax.parse(timeout)));
    out().flush();
    return 0;
  }

  @Command(name = "web-config", description = "Checks web configuration files.")
  int webConfig(@Parameters(arity = "1..*", paramLabel = "FILE") List<Path> files)
      throws IOException {
    boolean ok = true;
    for (Path file : files) {
      try {
        WebConfig.load(file);
        out().println(file + " SUCCESS");
      } catch (OrielException e) {
        ok = false;
        failed(e.reason());
      }
    }
    out().flush();
    return ok ? 0 : 1;
  }

  @Command(
      description = {
        "Checks metrics from standard input, in the text format, against the naming conventions.",
        "Exits with 3 when they could be better, with 1 when they cannot be read.",
        "Example: curl -s localhost:9090/metrics | oriel tool check metrics"
      })
  int metrics(
      @Option(names = "--extended", description = "Also print the number of series per metric.")
          boolean extended,
      @Option(names = "--lint", description = "all or none.", defaultValue = "all") String lint)
      throws IOException {
    try {
      MetricsLint metrics = MetricsLint.read(System.in.readAllBytes());
      List<MetricsLint.Problem> problems = lint.equals("none") ? List.of() : metrics.problems();
      problems.forEach(problem -> out().println(problem.metric() + " " + problem.text()));
      if (extended) {
        out().print(metrics.cardinality());
      }
      out().flush();
      return problems.isEmpty() ? 0 : 3;
    } catch (OrielException e) {
      out().println("error while linting: " + e.reason());
      out().flush();
      return 1;
    }
  }

  private boolean checkRules(List<Path> files) throws IOException {
    boolean ok = true;
    RuleFileReader reader = ruleReader();
    for (Path file : files) {
      out().println("Checking " + file);
      try {
        RuleFile read = reader.read(file);
        long rules = read.groups().stream().mapToLong(group -> group.rules().size()).sum();
        out().println("  SUCCESS: " + rules + " rules found");
        duplicates(read);
      } catch (OrielException e) {
        ok = false;
        failed(e.reason());
      }
    }
    return ok;
  }

  /// Rules with the same name and labels write the same series; upstream's linter warns of them.
  private void duplicates(RuleFile file) {
    Map<String, Integer> seen = new TreeMap<>();
    for (RuleFile.Group group : file.groups()) {
      for (RuleConfig rule : group.rules()) {
        seen.merge(rule.name() + " " + rule.labels(), 1, Integer::sum);
      }
    }
    seen.values().removeIf(count -> count == 1);
    seen.forEach((rule, count) -> out().println("  " + count + " rules for " + rule));
  }

  private void failed(String reason) {
    reason.lines().forEach(line -> out().println("  FAILED: " + line));
  }

  private static String environment(String name) {
    String value = System.getenv(name);
    return value == null ? "" : value;
  }
}
