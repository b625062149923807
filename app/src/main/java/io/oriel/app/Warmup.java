package io.oriel.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/// The training run after a build: touches what a start, the usual queries and spans touch, so that
/// their classes, and how their methods are used, land in the AOT cache.
@Command(
    name = "warmup",
    hidden = true,
    description =
        "Exercises the start path, queries and a collector; used by the launcher after a build.")
final class Warmup implements Runnable {
  @Override
  public void run() {
    Main.run("--version");
    try {
      Path scratch = Files.createTempDirectory("oriel-warmup");
      try {
        new Training(scratch).run();
        new SpanTraining().run();
      } finally {
        delete(scratch);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void delete(Path directory) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(directory)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.deleteIfExists(path);
    }
  }
}
