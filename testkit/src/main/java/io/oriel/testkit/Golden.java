package io.oriel.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Compares text with a committed file that people read and review.
///
/// `-Doriel.golden.write` writes the files anew instead; the difference then shows up in review.
public final class Golden {
  private Golden() {}

  /// Asserts that {@code actual} is what `src/test/resources/golden/NAME` of the running module
  /// holds.
  public static void assertMatches(String name, String actual) {
    Path file = House.moduleDirectory().resolve("src/test/resources/golden").resolve(name);
    try {
      if (System.getProperty("oriel.golden.write") != null) {
        Files.createDirectories(file.getParent());
        Files.writeString(file, actual);
        return;
      }
      String expected = Files.exists(file) ? Files.readString(file) : "";
      assertEquals(expected, actual, () -> name + " differs; -Doriel.golden.write accepts it");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
