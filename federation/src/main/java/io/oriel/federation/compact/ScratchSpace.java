package io.oriel.federation.compact;

import io.oriel.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// The disk that blocks are worked on, of which each piece of work takes a part. Thread-safe.
final class ScratchSpace {
  private static final int UNIT = 1 << 20;

  private final Disk disk;
  private final Path root;
  private final int units;
  private final Semaphore free;

  ScratchSpace(Disk disk, Path root, long bytes) {
    this.disk = disk;
    this.root = root;
    this.units = Math.clamp(bytes / UNIT, 1, Integer.MAX_VALUE);
    this.free = new Semaphore(units, true);
  }

  /// Removes what earlier runs left.
  void clear() throws IOException {
    disk.deleteTree(root);
    disk.createDirectories(root);
  }

  /// A directory with so much room.
  final class Room implements AutoCloseable {
    private final Path directory;
    private final int taken;

    private Room(Path directory, int taken) {
      this.directory = directory;
      this.taken = taken;
    }

    Path directory() {
      return directory;
    }

    /// Removes what is in it and gives the room back.
    @Override
    public void close() throws IOException {
      try {
        disk.deleteTree(directory);
      } finally {
        free.release(taken);
      }
    }
  }

  /// Waits for {@code bytes} of room.
  ///
  /// @return nothing when there will never be so much
  Optional<Room> take(String name, long bytes) throws IOException, InterruptedException {
    long wanted = bytes / UNIT + 1;
    if (wanted > units) {
      return Optional.empty();
    }
    free.acquire((int) wanted);
    Path directory = root.resolve(name);
    try {
      disk.deleteTree(directory);
      disk.createDirectories(directory);
      return Optional.of(new Room(directory, (int) wanted));
    } catch (IOException | RuntimeException e) {
      free.release((int) wanted);
      throw e;
    }
  }
}
