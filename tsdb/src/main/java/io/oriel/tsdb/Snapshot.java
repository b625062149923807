package io.oriel.tsdb;

import io.oriel.disk.Disk;
import io.oriel.tsdb.block.Block;
import java.io.IOException;
import java.nio.file.Path;

/// A second name for every file of some blocks.
final class Snapshot {
  private final Disk disk;

  Snapshot(Disk disk) {
    this.disk = disk;
  }

  /// Puts {@code block} into {@code target}, durably but for its own name.
  void link(Block block, Path target) throws IOException {
    link(block.directory(), target.resolve(block.meta().ulid().text()));
  }

  private void link(Path from, Path to) throws IOException {
    disk.createDirectories(to);
    for (Path file : disk.list(from)) {
      Path second = to.resolve(file.getFileName());
      if (disk.isDirectory(file)) {
        link(file, second);
      } else {
        disk.link(file, second);
      }
    }
    disk.syncDirectory(to);
  }
}
