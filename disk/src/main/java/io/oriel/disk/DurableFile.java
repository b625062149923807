package io.oriel.disk;

import java.io.IOException;
import java.nio.file.Path;

/// The one recipe for a file that is there whole or not at all: temporary name, write, sync,
/// rename, sync the directory.
public final class DurableFile {
  /** The end of temporary names; files with it are leftovers of a crash and may be deleted. */
  public static final String TEMPORARY = ".tmp";

  private DurableFile() {}

  /// Puts {@code content} under the name {@code file}; when this returns, it is durable.
  public static void write(Disk disk, Path file, byte[] content) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
    try (WritableFile out = disk.create(temporary)) {
      out.write(content);
      out.sync();
    }
    disk.rename(temporary, file);
    Path directory = file.getParent();
    if (directory != null) {
      disk.syncDirectory(directory);
    }
  }

  /// Gives a finished directory its final name; its files must be synced already. When this
  /// returns, it is durable.
  public static void publish(Disk disk, Path temporary, Path directory) throws IOException {
    disk.syncDirectory(temporary);
    disk.rename(temporary, directory);
    Path parent = directory.getParent();
    if (parent != null) {
      disk.syncDirectory(parent);
    }
  }
}
