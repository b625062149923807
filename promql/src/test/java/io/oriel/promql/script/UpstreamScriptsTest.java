package io.oriel.promql.script;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.testkit.Conformance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class UpstreamScriptsTest {
  @Test
  void everyScriptPasses() throws IOException {
    Path directory = Conformance.require("metrics/promqltest");
    List<String> failures = new ArrayList<>();
    int scripts = 0;
    int passed = 0;
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().filter(f -> f.toString().endsWith(".test")).toList()) {
        ScriptReport report = TestScript.run(file.getFileName().toString(), Files.readString(file));
        scripts++;
        passed += report.passed();
        report.failures().forEach(failure -> failures.add(report.name() + " " + failure));
      }
    }
    System.out.println("promqltest: " + scripts + " scripts, " + passed + " evals passed");

    assertTrue(failures.isEmpty(), failures.size() + " failed:\n" + String.join("\n", failures));
  }
}
