package io.oriel.promql.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.testkit.House;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OwnScriptsTest {
  @Test
  void everyScriptPasses() throws IOException {
    Path directory = House.moduleDirectory().resolve("src/test/resources/scripts");
    List<String> failures = new ArrayList<>();
    int passed = 0;
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        ScriptReport report = TestScript.run(file.getFileName().toString(), Files.readString(file));
        passed += report.passed();
        report.failures().forEach(failure -> failures.add(report.name() + " " + failure));
      }
    }

    assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
    assertTrue(passed > 20, "evals passed: " + passed);
  }

  @Test
  void aScriptThatIsWrongFails() {
    String script =
        """
        load 1m
          x 1 2 3

        eval instant at 1m x
          x 3

        eval instant at 1m x
          y 2

        eval instant at 1m x
          expect fail

        eval instant at 1m rate(x[5m])
          expect no_info
          {} 0.02

        eval instant at 1m sum(
          {} 1
        """;

    ScriptReport report = TestScript.run("wrong", script);

    assertEquals(0, report.passed());
    assertEquals(5, report.failures().size(), () -> String.join("\n", report.failures()));
  }
}
