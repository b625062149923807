package io.oriel.tsdb.wal;

import io.oriel.disk.Disk;
import io.oriel.disk.DurableFile;
import io.oriel.disk.MappedFile;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.NativeHistogram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// What is still wanted of old segments, as a log of its own called `checkpoint.N`:
/// docs/formats/wal.md. It replaces all segments up to N, so that they can be deleted.
public final class Checkpoint {
  private static final String PREFIX = "checkpoint.";
  private static final int RECORD_BYTES = 1 << 16;

  private Checkpoint() {}

  static int number(Path checkpoint) {
    return Integer.parseInt(checkpoint.getFileName().toString().substring(PREFIX.length()));
  }

  /// The newest complete checkpoint in {@code directory}, or null.
  static @Nullable Path newest(Disk disk, Path directory) throws IOException {
    Path newest = null;
    for (Path path : disk.list(directory)) {
      if (path.getFileName().toString().matches("checkpoint\\.\\d{1,9}")
          && (newest == null || number(path) > number(newest))) {
        newest = path;
      }
    }
    return newest;
  }

  /// Moves what is wanted of the segments up to {@code last} of {@code wal} into a checkpoint, then
  /// deletes them and older checkpoints. A crash leaves either the old or the new state.
  ///
  /// @param keep whether a series is still wanted
  /// @param minMillis first time of which samples are still wanted
  public static void create(Disk disk, Wal wal, int last, LongPredicate keep, long minMillis)
      throws IOException {
    Path directory = wal.directory();
    String name = PREFIX + String.format(Locale.ROOT, "%08d", last);
    Path temporary = directory.resolve(name + ".tmp");
    disk.deleteTree(temporary);
    Path before = newest(disk, directory);
    try (Wal out = Wal.open(disk, temporary, Wal.Compression.SNAPPY)) {
      Filter filter = new Filter(out, keep, minMillis);
      int from = 0;
      if (before != null) {
        from = number(before) + 1;
        for (int number : Wal.segments(disk, before)) {
          copy(disk, Wal.segmentFile(before, number), filter);
        }
      }
      for (int number : Wal.segments(disk, directory)) {
        if (number >= from && number <= last) {
          copy(disk, Wal.segmentFile(directory, number), filter);
        }
      }
      filter.flush();
    }
    DurableFile.publish(disk, temporary, directory.resolve(name));
    wal.truncateBefore(last + 1);
    for (Path path : disk.list(directory)) {
      if (path.getFileName().toString().startsWith(PREFIX)
          && !path.getFileName().toString().equals(name)) {
        disk.deleteTree(path);
      }
    }
  }

  private static void copy(Disk disk, Path file, Filter filter) throws IOException {
    if (disk.size(file) == 0) {
      return;
    }
    try (MappedFile mapped = disk.map(file)) {
      SegmentScanner scanner = new SegmentScanner(file.toString(), mapped.bytes(), 0);
      while (scanner.next()) {
        scanner.tell(filter);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /// Passes on what is wanted, entries of one type gathered into one record.
  private static final class Filter implements RecordVisitor {
    private final Wal out;
    private final LongPredicate keep;
    private final long minMillis;
    private final RecordBuilder record = new RecordBuilder();
    private RecordBuilder.@Nullable Type open;

    Filter(Wal out, LongPredicate keep, long minMillis) {
      this.out = out;
      this.keep = keep;
      this.minMillis = minMillis;
    }

    private void need(RecordBuilder.Type type) {
      if (open != type || record.size() > RECORD_BYTES) {
        flush();
        open = type;
        record.begin(type);
      }
    }

    void flush() {
      try {
        if (open != null && !record.isEmpty()) {
          out.log(record);
          out.flush();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      open = null;
    }

    private boolean wants(long ref, long time) {
      return time >= minMillis && keep.test(ref);
    }

    @Override
    public void series(long ref, Labels labels) {
      if (keep.test(ref)) {
        need(RecordBuilder.Type.SERIES);
        record.series(ref, labels);
      }
    }

    @Override
    public void sample(long ref, long timestampMillis, double value) {
      if (wants(ref, timestampMillis)) {
        need(RecordBuilder.Type.SAMPLES);
        record.sample(ref, timestampMillis, value);
      }
    }

    @Override
    public void histogram(long ref, long timestampMillis, NativeHistogram histogram) {
      if (wants(ref, timestampMillis)) {
        need(RecordBuilder.Type.of(histogram));
        record.histogram(ref, timestampMillis, histogram);
      }
    }

    @Override
    public void exemplar(long ref, Exemplar exemplar) {
      if (wants(ref, exemplar.timestampMillis())) {
        need(RecordBuilder.Type.EXEMPLARS);
        record.exemplar(ref, exemplar);
      }
    }

    @Override
    public void metadata(long ref, MetricMetadata metadata) {
      if (keep.test(ref)) {
        need(RecordBuilder.Type.METADATA);
        record.metadata(ref, metadata);
      }
    }

    @Override
    public void tombstone(long ref, long min, long max) {
      if (wants(ref, max)) {
        need(RecordBuilder.Type.TOMBSTONES);
        record.tombstone(ref, min, max);
      }
    }
  }
}
