package io.oriel.tsdb.wal;

import com.github.luben.zstd.Zstd;
import io.oriel.disk.Crc32c;
import io.oriel.disk.Disk;
import io.oriel.disk.WritableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.xerial.snappy.Snappy;

/// A log that is being written: a directory of numbered segments. Writes are not thread-safe;
/// {@link #sync} may run beside them.
public final class Wal implements AutoCloseable {
  /** Upstream's segment size. */
  public static final int SEGMENT_BYTES = 128 << 20;

  /// How records are packed.
  public enum Compression {
    NONE,
    SNAPPY,
    ZSTD
  }

  private final Disk disk;
  private final Path directory;
  private final Compression compression;
  private final int segmentBytes;
  private byte[] packed = new byte[1 << 12];
  private byte[] page = new byte[1 << 12];
  private int segment;
  private volatile WritableFile file;
  private final AtomicLong bytesWritten = new AtomicLong();

  private Wal(Disk disk, Path directory, Compression compression, int segmentBytes, int segment)
      throws IOException {
    this.disk = disk;
    this.directory = directory;
    this.compression = compression;
    this.segmentBytes = segmentBytes;
    this.segment = segment;
    this.file = create(segment);
  }

  /// Opens the log in {@code directory} for writing, in a new segment behind those that are there.
  public static Wal open(Disk disk, Path directory, Compression compression) throws IOException {
    return open(disk, directory, compression, SEGMENT_BYTES);
  }

  /// As the other `open`, with segments of another size, a multiple of 32 KiB.
  public static Wal open(Disk disk, Path directory, Compression compression, int segmentBytes)
      throws IOException {
    disk.createDirectories(directory);
    List<Integer> known = segments(disk, directory);
    int next = known.isEmpty() ? 0 : known.getLast() + 1;
    return new Wal(disk, directory, compression, segmentBytes, next);
  }

  /// The numbers of the segments in {@code directory}, ascending.
  public static List<Integer> segments(Disk disk, Path directory) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    for (Path path : disk.list(directory)) {
      String name = path.getFileName().toString();
      if (name.matches("\\d{1,9}")) {
        numbers.add(Integer.parseInt(name));
      }
    }
    numbers.sort(null);
    return numbers;
  }

  static Path segmentFile(Path directory, int number) {
    return directory.resolve(String.format(Locale.ROOT, "%08d", number));
  }

  private WritableFile create(int number) throws IOException {
    WritableFile created = disk.create(segmentFile(directory, number));
    disk.syncDirectory(directory);
    return created;
  }

  public Path directory() {
    return directory;
  }

  /// The number of the segment that is being written.
  public int segment() {
    return segment;
  }

  /// Bytes written since the log was opened.
  public long bytesWritten() {
    return bytesWritten.get();
  }

  /// Appends the record that {@code builder} holds. Durable after {@link #sync}.
  public void log(RecordBuilder builder) throws IOException {
    log(builder.array(), builder.size());
  }

  /// As {@link #log}, unless the record has no entries.
  public void logIfAny(RecordBuilder builder) throws IOException {
    if (!builder.isEmpty()) {
      log(builder);
    }
  }

  private void log(byte[] record, int size) throws IOException {
    int flag = 0;
    byte[] source = record;
    int length = size;
    int packedLength = pack(record, size);
    if (packedLength > 0 && packedLength < size) {
      flag = compression == Compression.SNAPPY ? SegmentScanner.SNAPPY : SegmentScanner.ZSTD;
      source = packed;
      length = packedLength;
    }
    if (length > room()) {
      cut();
    }
    fragment(source, length, flag);
  }

  private int pack(byte[] record, int size) throws IOException {
    return switch (compression) {
      case NONE -> 0;
      case SNAPPY -> {
        ensurePacked(Snappy.maxCompressedLength(size));
        yield Snappy.compress(record, 0, size, packed, 0);
      }
      case ZSTD -> {
        ensurePacked((int) Zstd.compressBound(size));
        yield (int) Zstd.compressByteArray(packed, 0, packed.length, record, 0, size, 1);
      }
    };
  }

  private void ensurePacked(int wanted) {
    if (packed.length < wanted) {
      packed = new byte[wanted];
    }
  }

  /// Bytes that one record may still have in this segment.
  private long room() {
    long position = file.position();
    long pages =
        segmentBytes / SegmentScanner.PAGE_BYTES - position / SegmentScanner.PAGE_BYTES - 1;
    long inPage = SegmentScanner.PAGE_BYTES - position % SegmentScanner.PAGE_BYTES;
    return Math.max(0, inPage - SegmentScanner.HEADER_BYTES)
        + pages * (SegmentScanner.PAGE_BYTES - SegmentScanner.HEADER_BYTES);
  }

  private void fragment(byte[] source, int length, int flag) throws IOException {
    int worst = length + (length / (SegmentScanner.PAGE_BYTES - 7) + 3) * 14;
    if (page.length < worst) {
      page = new byte[worst];
    }
    long position = file.position();
    int out = 0;
    int done = 0;
    boolean first = true;
    while (first || done < length) {
      int left = (int) (SegmentScanner.PAGE_BYTES - (position + out) % SegmentScanner.PAGE_BYTES);
      if (left < SegmentScanner.HEADER_BYTES) {
        Arrays.fill(page, out, out + left, (byte) 0);
        out += left;
        continue;
      }
      int part = Math.min(length - done, left - SegmentScanner.HEADER_BYTES);
      boolean last = done + part == length;
      int type = first ? (last ? 1 : 2) : (last ? 4 : 3);
      int crc = Crc32c.of(source, done, part);
      page[out++] = (byte) (type | flag);
      page[out++] = (byte) (part >>> 8);
      page[out++] = (byte) part;
      for (int shift = 24; shift >= 0; shift -= 8) {
        page[out++] = (byte) (crc >>> shift);
      }
      System.arraycopy(source, done, page, out, part);
      out += part;
      done += part;
      first = false;
    }
    file.write(page, 0, out);
    bytesWritten.addAndGet(out);
  }

  /// Ends the segment, durably, and begins the next.
  public void cut() throws IOException {
    WritableFile full = file;
    full.sync();
    full.close();
    segment++;
    file = create(segment);
  }

  /// Returns once all that was logged before is durable.
  public void sync() throws IOException {
    file.sync();
  }

  /// Deletes the segments before {@code number}.
  public void truncateBefore(int number) throws IOException {
    for (int known : segments(disk, directory)) {
      if (known < number && known != segment) {
        disk.delete(segmentFile(directory, known));
      }
    }
    disk.syncDirectory(directory);
  }

  @Override
  public void close() throws IOException {
    file.sync();
    file.close();
  }
}
