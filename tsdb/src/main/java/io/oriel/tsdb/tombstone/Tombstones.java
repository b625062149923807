package io.oriel.tsdb.tombstone;

import io.oriel.disk.Crc32c;
import io.oriel.disk.Disk;
import io.oriel.disk.DurableFile;
import io.oriel.model.error.CorruptionException;
import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.index.SegmentCursor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Deleted time ranges by series reference. Immutable and thread-safe.
public final class Tombstones {
  private static final String FILE = "tombstones";
  private static final int MAGIC = 0x0130BA30;
  private static final Tombstones NONE = new Tombstones(Map.of());

  /// A deleted range, both ends inclusive, Unix milliseconds.
  public record Interval(long minMillis, long maxMillis) {}

  private final Map<Long, List<Interval>> intervals;

  private Tombstones(Map<Long, List<Interval>> intervals) {
    this.intervals = intervals;
  }

  public static Tombstones none() {
    return NONE;
  }

  public boolean isEmpty() {
    return intervals.isEmpty();
  }

  /// How many ranges there are.
  public long count() {
    return intervals.values().stream().mapToLong(List::size).sum();
  }

  /// The deleted ranges of a series, ascending and apart from one another.
  public List<Interval> of(long reference) {
    return intervals.getOrDefault(reference, List.of());
  }

  /// These and one more range.
  public Tombstones with(long reference, Interval interval) {
    Map<Long, List<Interval>> more = new TreeMap<>(intervals);
    more.merge(reference, List.of(interval), (old, _) -> add(old, interval));
    return new Tombstones(more);
  }

  private static List<Interval> add(List<Interval> old, Interval fresh) {
    List<Interval> merged = new ArrayList<>();
    long min = fresh.minMillis();
    long max = fresh.maxMillis();
    for (Interval known : old) {
      boolean touches = known.minMillis() - 1 <= max && known.maxMillis() + 1 >= min;
      if (touches) {
        min = Math.min(min, known.minMillis());
        max = Math.max(max, known.maxMillis());
      } else {
        merged.add(known);
      }
    }
    merged.add(new Interval(min, max));
    merged.sort((a, b) -> Long.compare(a.minMillis(), b.minMillis()));
    return List.copyOf(merged);
  }

  /// Removes the rows of {@code rows} from {@code from} on that lie in one of {@code deleted}.
  public static void erase(SampleColumns rows, int from, List<Interval> deleted) {
    if (deleted.isEmpty()) {
      return;
    }
    SampleColumns kept = new SampleColumns(rows.size());
    for (int i = from; i < rows.size(); i++) {
      long time = rows.timestamps()[i];
      boolean gone = false;
      for (Interval interval : deleted) {
        gone |= time >= interval.minMillis() && time <= interval.maxMillis();
      }
      if (!gone) {
        kept.addRow(rows, i);
      }
    }
    rows.truncate(from);
    for (int i = 0; i < kept.size(); i++) {
      rows.addRow(kept, i);
    }
  }

  /// The tombstones of the block in {@code directory}; none when it has no such file.
  ///
  /// @throws CorruptionException when the file is not what it should be
  public static Tombstones read(Disk disk, Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (!disk.exists(file)) {
      return NONE;
    }
    byte[] bytes = disk.read(file);
    String name = file.toString();
    if (bytes.length < 9) {
      throw new CorruptionException(name, 0, "got " + bytes.length + " bytes, want at least 9");
    }
    SegmentCursor cursor = new SegmentCursor(name, MemorySegment.ofArray(bytes), 0);
    int magic = cursor.int32();
    if (magic != MAGIC) {
      throw cursor.corrupt("magic: got 0x%08x, want 0x%08x".formatted(magic, MAGIC));
    }
    int version = cursor.int8();
    if (version != 1) {
      throw cursor.corrupt("format version: got " + version + ", want 1");
    }
    int end = bytes.length - 4;
    int want = Crc32c.of(bytes, 5, end - 5);
    int got = ByteBuffer.wrap(bytes, end, 4).getInt();
    if (got != want) {
      throw cursor.corrupt("checksum mismatch: got 0x%08x, want 0x%08x".formatted(got, want));
    }
    Tombstones tombstones = NONE;
    while (cursor.position() < end) {
      long reference = cursor.uvarint();
      long min = cursor.varint();
      tombstones = tombstones.with(reference, new Interval(min, cursor.varint()));
    }
    return tombstones;
  }

  /// Writes the file into {@code directory}, durably.
  public void write(Disk disk, Path directory) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    intervals.forEach(
        (reference, ranges) ->
            ranges.forEach(
                range -> {
                  uvarint(body, reference);
                  varint(body, range.minMillis());
                  varint(body, range.maxMillis());
                }));
    byte[] content = body.toByteArray();
    ByteBuffer file = ByteBuffer.allocate(9 + content.length);
    file.putInt(MAGIC).put((byte) 1).put(content).putInt(Crc32c.of(content));
    DurableFile.write(disk, directory.resolve(FILE), file.array());
  }

  private static void uvarint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    uvarint(out, (value << 1) ^ (value >> 63));
  }
}
