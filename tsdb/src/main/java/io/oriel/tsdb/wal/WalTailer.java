package io.oriel.tsdb.wal;

import io.oriel.disk.Disk;
import io.oriel.disk.MappedFile;
import io.oriel.model.labels.Labels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Follows a log that somebody else writes, and survives its checkpoints. Not thread-safe.
///
/// The first {@link #poll} tells the series of what is there already, but no samples: these begin
/// with what is written after the tailer was made. Samples may thus name any series, and none is
/// told twice unless a checkpoint overtook the tailer: what it had not read then is lost and
/// counted.
public final class WalTailer {
  private final Disk disk;
  private final Path directory;
  private int segment;
  private long offset;
  private boolean started;
  private long segmentsLost;

  /// @param directory the log's, `wal` below a data directory
  public WalTailer(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /// The segment it stands in.
  public int segment() {
    return segment;
  }

  /// How many segments were removed before it had read them to the end.
  public long segmentsLost() {
    return segmentsLost;
  }

  /// Tells {@code visitor} what was written since the last call. Returns whether there was
  /// anything.
  ///
  /// @throws io.oriel.model.error.CorruptionException when the log is damaged
  public boolean poll(RecordVisitor visitor) throws IOException {
    boolean any = false;
    if (!started) {
      start(visitor);
      started = true;
      any = true;
    }
    while (true) {
      List<Integer> known = Wal.segments(disk, directory);
      if (known.isEmpty() || known.getLast() < segment) {
        return any;
      }
      if (segment < known.getFirst()) {
        segmentsLost += known.getFirst() - segment;
        tellCheckpoint(visitor);
        moveTo(known.getFirst());
      }
      any |= readSegment(visitor);
      int next = segment;
      for (int number : known) {
        if (number > segment) {
          next = number;
          break;
        }
      }
      if (next == segment) {
        return any;
      }
      any |= readSegment(visitor);
      if (!disk.exists(Wal.segmentFile(directory, segment))) {
        segmentsLost++;
      }
      moveTo(next);
    }
  }

  private void moveTo(int number) {
    segment = number;
    offset = 0;
  }

  private void start(RecordVisitor visitor) throws IOException {
    RecordVisitor seriesOnly = new SeriesOnly(visitor);
    tellCheckpoint(seriesOnly);
    for (int number : Wal.segments(disk, directory)) {
      moveTo(number);
      readSegment(seriesOnly);
    }
  }

  private void tellCheckpoint(RecordVisitor visitor) throws IOException {
    Path checkpoint = Checkpoint.newest(disk, directory);
    if (checkpoint != null) {
      for (int number : Wal.segments(disk, checkpoint)) {
        readFile(Wal.segmentFile(checkpoint, number), 0, new SeriesOnly(visitor));
      }
    }
  }

  private boolean readSegment(RecordVisitor visitor) throws IOException {
    long before = offset;
    Path file = Wal.segmentFile(directory, segment);
    if (!disk.exists(file)) {
      return false;
    }
    offset = readFile(file, offset, visitor);
    return offset > before;
  }

  private long readFile(Path file, long from, RecordVisitor visitor) throws IOException {
    if (!disk.exists(file) || disk.size(file) <= from) {
      return from;
    }
    try (MappedFile mapped = disk.map(file)) {
      SegmentScanner scanner = new SegmentScanner(file.toString(), mapped.bytes(), from);
      while (scanner.next()) {
        scanner.tell(visitor);
      }
      return scanner.offset();
    }
  }

  private record SeriesOnly(RecordVisitor visitor) implements RecordVisitor {
    @Override
    public void series(long ref, Labels labels) {
      visitor.series(ref, labels);
    }
  }
}
