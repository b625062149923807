package io.oriel.app.tool;

import io.oriel.promql.script.ScriptReport;
import io.oriel.promql.script.TestScript;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Runs scripts in upstream's promqltest language.
@Command(
    name = "promql-test",
    mixinStandardHelpOptions = true,
    description = {
      "Runs PromQL test scripts (the language of Prometheus' promqltest).",
      "Prints passed and failed evaluations per script; exits with 1 when any failed."
    })
final class PromqlTestTool implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Scripts, or directories of *.test files.")
  private List<Path> files = List.of();

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    int passed = 0;
    int failed = 0;
    for (Path file : scripts()) {
      ScriptReport report = TestScript.run(file.getFileName().toString(), Files.readString(file));
      out.println(report.summary());
      report.failures().forEach(failure -> out.println("  " + failure));
      passed += report.passed();
      failed += report.failures().size();
    }
    out.println(passed + " passed, " + failed + " failed");
    out.flush();
    return failed == 0 ? 0 : 1;
  }

  private List<Path> scripts() throws IOException {
    List<Path> all = new ArrayList<>();
    for (Path file : files) {
      if (!Files.isDirectory(file)) {
        all.add(file);
        continue;
      }
      try (Stream<Path> children = Files.list(file)) {
        children.filter(child -> child.toString().endsWith(".test")).sorted().forEach(all::add);
      }
    }
    return all;
  }
}
