package io.oriel.tsdb.head;

import io.oriel.disk.Crc32c;
import io.oriel.disk.Disk;
import io.oriel.disk.MappedFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Reads the head's chunk files when the head is opened: every chunk is checked and told.
///
/// The last file is cut where it is damaged. Damage in an earlier one means that chunks are missing
/// in between, so all files are dropped then and the logs tell everything again.
final class HeadChunkLoader {
  /// Is told the chunks in the order they were written.
  interface Visitor {
    void chunk(long series, long reference, long minMillis, long maxMillis, boolean outOfOrder);

    /// What was told so far is void.
    void forget();
  }

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final Disk disk;
  private final Path directory;
  private final Visitor visitor;
  private final NavigableMap<Integer, MappedFile> files = new TreeMap<>();
  private int corruptions;

  private HeadChunkLoader(Disk disk, Path directory, Visitor visitor) {
    this.disk = disk;
    this.directory = directory;
    this.visitor = visitor;
  }

  /// The files, and how many damages were found.
  record Result(HeadChunkFiles files, int corruptions) {}

  /// Opens the files in {@code directory}, which is created if need be. The caller closes them.
  static Result load(Disk disk, Path directory, Visitor visitor) throws IOException {
    disk.createDirectories(directory);
    HeadChunkLoader loader = new HeadChunkLoader(disk, directory, visitor);
    try {
      int last = loader.readAll();
      return new Result(
          new HeadChunkFiles(disk, directory, loader.files, last), loader.corruptions);
    } catch (IOException | RuntimeException e) {
      loader.files.values().forEach(MappedFile::close);
      throw e;
    }
  }

  private int readAll() throws IOException {
    List<Integer> numbers = new ArrayList<>();
    for (Path path : disk.list(directory)) {
      String name = path.getFileName().toString();
      if (name.matches("\\d{6,9}")) {
        numbers.add(Integer.parseInt(name));
      }
    }
    numbers.sort(null);
    int last = numbers.isEmpty() ? 0 : numbers.getLast();
    for (int number : numbers) {
      boolean gap = !files.isEmpty() && number != files.lastKey() + 1;
      if (gap || !read(number, number == last)) {
        corruptions++;
        dropAll(numbers);
        break;
      }
    }
    return files.isEmpty() ? last : files.lastKey();
  }

  private void dropAll(List<Integer> numbers) throws IOException {
    visitor.forget();
    files.values().forEach(MappedFile::close);
    files.clear();
    for (int number : numbers) {
      disk.delete(HeadChunkFiles.file(directory, number));
    }
    disk.syncDirectory(directory);
  }

  /// Returns whether the file is whole, or was made so.
  private boolean read(int number, boolean last) throws IOException {
    Path path = HeadChunkFiles.file(directory, number);
    if (disk.size(path) < HeadChunkFiles.HEADER_BYTES) {
      return last && discard(path);
    }
    MappedFile mapped = disk.map(path);
    MemorySegment bytes = mapped.bytes();
    int magic = bytes.get(INT, 0);
    if (magic != HeadChunkFiles.MAGIC || bytes.get(ValueLayout.JAVA_BYTE, 4) != 1) {
      mapped.close();
      return last && magic == 0 && discard(path);
    }
    files.put(number, mapped);
    long good = tell((long) number << 32, bytes);
    if (good == bytes.byteSize() || isEmpty(bytes, good)) {
      return true;
    }
    if (!last) {
      return false;
    }
    corruptions++;
    mapped.close();
    disk.truncate(path, good);
    files.put(number, disk.map(path));
    return true;
  }

  private boolean discard(Path path) throws IOException {
    disk.delete(path);
    disk.syncDirectory(directory);
    return true;
  }

  /// Tells the chunks of a file up to the first that is damaged; returns where that is.
  private long tell(long base, MemorySegment bytes) {
    long end = bytes.byteSize();
    long at = HeadChunkFiles.HEADER_BYTES;
    while (at + HeadChunkFiles.CHUNK_HEADER_BYTES < end) {
      long series = bytes.get(LONG, at);
      if (series <= 0) {
        return at;
      }
      long length = 0;
      long data = at + HeadChunkFiles.CHUNK_HEADER_BYTES;
      int b = 0x80;
      for (int shift = 0; b >= 0x80 && shift < 35 && data < end; shift += 7) {
        b = bytes.get(ValueLayout.JAVA_BYTE, data++) & 0xFF;
        length |= (long) (b & 0x7F) << shift;
      }
      long sum = data + length;
      if (b >= 0x80 || sum + 4 > end) {
        return at;
      }
      if (Crc32c.of(bytes.asSlice(at, sum - at)) != bytes.get(INT, sum)) {
        return at;
      }
      boolean late = (bytes.get(ValueLayout.JAVA_BYTE, at + 24) & HeadChunkFiles.OUT_OF_ORDER) != 0;
      visitor.chunk(series, base + at, bytes.get(LONG, at + 8), bytes.get(LONG, at + 16), late);
      at = sum + 4;
    }
    return at;
  }

  /// Whether only zeros follow, which upstream writes in advance.
  private static boolean isEmpty(MemorySegment bytes, long from) {
    for (long i = from; i < bytes.byteSize(); i++) {
      if (bytes.get(ValueLayout.JAVA_BYTE, i) != 0) {
        return false;
      }
    }
    return true;
  }
}
