package io.oriel.tsdb.head;

import io.oriel.disk.Disk;
import io.oriel.tsdb.wal.Wal;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Out-of-order ingestion: how far back it reaches, the log of what came late (`wbl`, upstream's
/// write-behind log), and the range it covers. The log and the range are changed under the head's
/// commit lock.
final class LateIngestion implements AutoCloseable {
  private final Disk disk;
  private final Path directory;
  private final Wal.Compression compression;
  private volatile long windowMillis;
  private volatile long minTime = Long.MAX_VALUE;
  private volatile long maxTime = Long.MIN_VALUE;
  private @Nullable Wal log;

  LateIngestion(Disk disk, Path directory, Wal.Compression compression, long windowMillis) {
    this.disk = disk;
    this.directory = directory;
    this.compression = compression;
    this.windowMillis = windowMillis;
  }

  boolean isOn() {
    return windowMillis > 0;
  }

  void setWindow(long millis) {
    windowMillis = Math.max(0, millis);
  }

  /// Whether a sample of this time may come late while the head's newest is from {@code newest}.
  boolean takes(long time, long newest) {
    return windowMillis > 0 && newest != Long.MIN_VALUE && time >= newest - windowMillis;
  }

  Path directory() {
    return directory;
  }

  /// The log, begun when it is first needed.
  Wal log() throws IOException {
    Wal begun = log;
    if (begun == null) {
      begun = Wal.open(disk, directory, compression);
      log = begun;
    }
    return begun;
  }

  @Nullable Wal logOrNull() {
    return log;
  }

  void covers(long time) {
    minTime = Math.min(minTime, time);
    maxTime = Math.max(maxTime, time);
  }

  void coversNothing() {
    minTime = Long.MAX_VALUE;
    maxTime = Long.MIN_VALUE;
  }

  /// The oldest late time, inclusive; the largest number when there is none.
  long minTime() {
    return minTime;
  }

  /// The newest late time; the smallest number when there is none.
  long maxTime() {
    return maxTime;
  }

  @Override
  public void close() throws IOException {
    Wal begun = log;
    if (begun != null) {
      begun.close();
    }
  }
}
