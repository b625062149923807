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
///
/// Records are gathered by {@link #log} and written together by {@link #flush}: all of them, in one
/// segment, or none.
public final class Wal implements AutoCloseable {
  /** Upstream's segment size. */
  public static final int SEGMENT_BYTES = 128 << 20;

  private static final int MOST_IDLE_BYTES = 4 << 20;

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
  private byte[] pending = new byte[1 << 12];
  private int pendingBytes;

  /** Where the last flush began in the segment. */
  private long flushedFrom;

  /** Whether what was flushed last is to be taken back yet. */
  private boolean unwanted;

  private int segment;
  private final Object syncLock = new Object();

  /** How much of {@link #bytesWritten} is durable. */
  private volatile long bytesSynced;

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

  /// Appends the record that {@code builder} holds. It is in the log after {@link #flush}, durable
  /// after {@link #sync}.
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
    if (length > room() && file.position() > 0) {
      moveToNextSegment();
    }
    fragment(source, length, flag);
  }

  /// What is flushed together is never parted, so that it can be taken back together; more than a
  /// segment's worth makes one that is too long, which readers do not mind.
  private void moveToNextSegment() throws IOException {
    byte[] gathered = pending;
    int end = pendingBytes;
    pending = new byte[gathered.length];
    pendingBytes = 0;
    long from = file.position();
    cut();
    byte[] record = new byte[0];
    int at = 0;
    while (at < end) {
      int inPage = (int) (SegmentScanner.PAGE_BYTES - (from + at) % SegmentScanner.PAGE_BYTES);
      if (inPage < SegmentScanner.HEADER_BYTES) {
        at += inPage;
        continue;
      }
      int part = (gathered[at + 1] & 0xFF) << 8 | gathered[at + 2] & 0xFF;
      int data = at + SegmentScanner.HEADER_BYTES;
      int before = record.length;
      record = Arrays.copyOf(record, before + part);
      System.arraycopy(gathered, data, record, before, part);
      int type = gathered[at] & SegmentScanner.TYPE_MASK;
      if (type == 1 || type == 4) {
        fragment(record, record.length, gathered[at] & ~SegmentScanner.TYPE_MASK);
        record = new byte[0];
      }
      at = data + part;
    }
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
    long position = file.position() + pendingBytes;
    long pages =
        segmentBytes / SegmentScanner.PAGE_BYTES - position / SegmentScanner.PAGE_BYTES - 1;
    long inPage = SegmentScanner.PAGE_BYTES - position % SegmentScanner.PAGE_BYTES;
    return Math.max(0, inPage - SegmentScanner.HEADER_BYTES)
        + pages * (SegmentScanner.PAGE_BYTES - SegmentScanner.HEADER_BYTES);
  }

  private void fragment(byte[] source, int length, int flag) {
    int worst = length + (length / (SegmentScanner.PAGE_BYTES - 7) + 3) * 14;
    if (pending.length < pendingBytes + worst) {
      pending = Arrays.copyOf(pending, Math.max(pendingBytes + worst, 2 * pending.length));
    }
    long position = file.position();
    byte[] page = pending;
    int out = pendingBytes;
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
    pendingBytes = out;
  }

  /// Writes what was logged since the last time. When it throws, none of it is in the log; if the
  /// disk refuses even to take it back, nothing more is written before that is done.
  public void flush() throws IOException {
    if (unwanted) {
      file.truncate(flushedFrom);
      unwanted = false;
    }
    int length = pendingBytes;
    pendingBytes = 0;
    if (length == 0) {
      return;
    }
    flushedFrom = file.position();
    try {
      file.write(pending, 0, length);
    } catch (IOException e) {
      takeBack(e);
      throw e;
    }
    bytesWritten.addAndGet(length);
    if (pending.length > MOST_IDLE_BYTES) {
      pending = new byte[1 << 12];
    }
  }

  /// Removes what the last {@link #flush} wrote, because of {@code reason}, to which a further
  /// failure is added.
  public void takeBack(IOException reason) {
    try {
      file.truncate(flushedFrom);
    } catch (IOException e) {
      unwanted = true;
      reason.addSuppressed(e);
    }
  }

  /// Forgets what was logged but not flushed.
  public void discard() {
    pendingBytes = 0;
  }

  /// Ends the segment, durably, and begins the next.
  public void cut() throws IOException {
    flush();
    synchronized (syncLock) {
      WritableFile full = file;
      full.sync();
      full.close();
      bytesSynced = bytesWritten.get();
      segment++;
      file = create(segment);
    }
  }

  /// Returns once all that was flushed before is durable. Threads that come while another one syncs
  /// wait and share the next sync.
  public void sync() throws IOException {
    long wanted = bytesWritten.get();
    if (bytesSynced >= wanted) {
      return;
    }
    synchronized (syncLock) {
      if (bytesSynced < wanted) {
        long now = bytesWritten.get();
        file.sync();
        bytesSynced = now;
      }
    }
  }

  /// Whether all that was flushed is durable.
  public boolean isSynced() {
    return bytesSynced >= bytesWritten.get();
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
    try (WritableFile last = file) {
      flush();
      last.sync();
    }
  }
}
