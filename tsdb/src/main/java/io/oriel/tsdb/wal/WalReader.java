package io.oriel.tsdb.wal;

import io.oriel.disk.Disk;
import io.oriel.disk.MappedFile;
import io.oriel.model.error.CorruptionException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntConsumer;

/// Replays a log, one segment at a time, and repairs what a crash left.
public final class WalReader {
  private WalReader() {}

  /// Tells {@code visitor} all that the newest checkpoint and the segments behind it say. Where a
  /// record is damaged or torn off, the log is cut there for good: later records in the segment and
  /// all later segments are deleted, as upstream does.
  ///
  /// @param progress is told the number of each segment that was read
  /// @return how many damages were repaired
  public static int replay(Disk disk, Path directory, RecordVisitor visitor, IntConsumer progress)
      throws IOException {
    int repaired = 0;
    int from = 0;
    Path checkpoint = Checkpoint.newest(disk, directory);
    if (checkpoint != null) {
      from = Checkpoint.number(checkpoint) + 1;
      for (int number : Wal.segments(disk, checkpoint)) {
        repaired += read(disk, Wal.segmentFile(checkpoint, number), visitor);
      }
    }
    List<Integer> segments = Wal.segments(disk, directory);
    for (int i = 0; i < segments.size(); i++) {
      int number = segments.get(i);
      if (number < from) {
        continue;
      }
      int damages = read(disk, Wal.segmentFile(directory, number), visitor);
      progress.accept(number);
      if (damages > 0) {
        for (int later : segments.subList(i + 1, segments.size())) {
          disk.delete(Wal.segmentFile(directory, later));
        }
        disk.syncDirectory(directory);
        return repaired + damages;
      }
    }
    return repaired;
  }

  private static int read(Disk disk, Path file, RecordVisitor visitor) throws IOException {
    if (disk.size(file) == 0) {
      return 0;
    }
    long good = 0;
    try (MappedFile mapped = disk.map(file)) {
      SegmentScanner scanner = new SegmentScanner(file.toString(), mapped.bytes(), 0);
      try {
        while (scanner.next()) {
          scanner.tell(visitor);
          good = scanner.offset();
        }
        if (!scanner.isTorn()) {
          return 0;
        }
      } catch (CorruptionException _) {
        good = Math.min(good, mapped.size());
      }
    }
    disk.truncate(file, good);
    return 1;
  }
}
