package io.oriel.search.conformance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/// A test for each script of a directory; those that cannot apply are skipped with their reason,
/// and the counts are printed.
final class Scoreboard {
  private final String name;
  private final Map<String, String> reasons;
  private final AtomicInteger passed = new AtomicInteger();
  private final AtomicInteger skipped = new AtomicInteger();

  /// @param reasons why a script cannot apply, by the end of its path
  Scoreboard(String name, Map<String, String> reasons) {
    this.name = name;
    this.reasons = reasons;
  }

  interface Script {
    void run(Path file) throws Exception;
  }

  Stream<DynamicTest> tests(Path root, List<Path> files, Script script) {
    Stream<DynamicTest> each =
        files.stream()
            .map(
                file ->
                    DynamicTest.dynamicTest(
                        root.relativize(file).toString(), () -> run(root, file, script)));
    return Stream.concat(
        each, Stream.of(DynamicTest.dynamicTest("counts", () -> report(files.size()))));
  }

  private void run(Path root, Path file, Script script) throws Exception {
    String path = root.relativize(file).toString();
    for (Map.Entry<String, String> reason : reasons.entrySet()) {
      if (path.endsWith(reason.getKey())) {
        skipped.incrementAndGet();
        Assumptions.abort("cannot apply: " + reason.getValue());
      }
    }
    try {
      script.run(file);
    } catch (AssertionError e) {
      throw new AssertionError(path + ": " + e.getMessage(), e);
    }
    passed.incrementAndGet();
  }

  private void report(int all) {
    System.out.println(
        name
            + ": "
            + passed.get()
            + " of "
            + all
            + " scripts passed, "
            + skipped.get()
            + " cannot apply: "
            + reasons);
  }

  static List<Path> files(Path root, String suffix) throws Exception {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(path -> path.toString().endsWith(suffix))
          .filter(path -> !path.getFileName().toString().startsWith("_"))
          .sorted()
          .toList();
    }
  }
}
