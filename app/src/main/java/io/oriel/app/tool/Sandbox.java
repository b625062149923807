package io.oriel.app.tool;

import io.oriel.disk.FileDisk;
import io.oriel.model.error.OrielException;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.TsdbOptions;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// A copy of a data directory to open, so that the original is neither locked nor repaired: blocks
/// are linked, the logs and head chunks copied.
final class Sandbox implements AutoCloseable {
  private static final List<String> COPIED = List.of("wal", "wbl", "chunks_head");

  private final Path directory;

  private Sandbox(Path directory) {
    this.directory = directory;
  }

  static Sandbox of(Path data) throws IOException {
    if (!Files.isDirectory(data)) {
      throw OrielException.invalid("no data directory: " + data);
    }
    Path copy = Files.createTempDirectory("oriel-tsdb-");
    Files.walkFileTree(
        data,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path from, BasicFileAttributes attributes)
              throws IOException {
            String name = from.getFileName().toString();
            boolean wanted =
                from.equals(data)
                    || !data.equals(from.getParent())
                    || COPIED.contains(name)
                    || Files.exists(from.resolve("meta.json"));
            if (!wanted) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(copy.resolve(data.relativize(from).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path from, BasicFileAttributes attributes)
              throws IOException {
            Path relative = data.relativize(from);
            if (relative.getNameCount() == 1) {
              return FileVisitResult.CONTINUE;
            }
            Path target = copy.resolve(relative.toString());
            if (COPIED.contains(relative.getName(0).toString())) {
              Files.copy(from, target);
            } else {
              link(from, target);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return new Sandbox(copy);
  }

  private static void link(Path from, Path target) throws IOException {
    try {
      Files.createLink(target, from);
    } catch (IOException | UnsupportedOperationException _) {
      // another file system
      Files.copy(from, target);
    }
  }

  Tsdb open() throws IOException {
    return Tsdb.open(
        directory,
        new Tsdb.Parts(new FileDisk(), InstantSource.system(), new SplittableRandom()),
        TsdbOptions.defaults().withRetention(Duration.ZERO, 0),
        _ -> {});
  }

  @Override
  public void close() throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException problem)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
