package io.oriel.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// Upstream's own test data, which lies beside the repository (`../shared/conformance`) and is
/// never committed.
///
/// A test that needs it is skipped, visibly, where it is absent. `-Doriel.conformance=DIR` names
/// another place.
public final class Conformance {
  private Conformance() {}

  /// The file or directory at {@code path} below the conformance data; aborts the calling test when
  /// it is not there.
  public static Path require(String path) {
    Path file = root().resolve(path);
    Assumptions.assumeTrue(Files.exists(file), () -> "no conformance data at " + path);
    return file;
  }

  private static Path root() {
    String named = System.getProperty("oriel.conformance");
    return named != null
        ? Path.of(named)
        : House.root().resolveSibling("shared").resolve("conformance");
  }
}
