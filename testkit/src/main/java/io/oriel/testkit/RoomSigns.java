package io.oriel.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The law that every package has a package-info with a reason in it.
final class RoomSigns {
  private RoomSigns() {}

  static void check(Path module) {
    Path sources = module.resolve("src/main/java");
    if (!Files.isDirectory(sources)) {
      return;
    }
    try (Stream<Path> files = Files.walk(sources)) {
      TreeSet<String> problems = new TreeSet<>();
      List<Path> rooms =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .map(Path::getParent)
              .distinct()
              .toList();
      for (Path room : rooms) {
        problem(room).ifPresent(text -> problems.add(sources.relativize(room) + ": " + text));
      }
      assertTrue(problems.isEmpty(), problems::toString);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<String> problem(Path room) throws IOException {
    Path sign = room.resolve("package-info.java");
    if (!Files.exists(sign)) {
      return Optional.of("no package-info.java");
    }
    String text = Files.readString(sign);
    if (!text.contains("@NullMarked")) {
      return Optional.of("package-info.java without @NullMarked");
    }
    long sentences = text.lines().filter(line -> line.contains(".")).count();
    if (!text.contains("///") || sentences < 3) {
      return Optional.of("package-info.java says less than two sentences");
    }
    return Optional.empty();
  }
}
