package io.oriel.federation.storegateway;

import io.oriel.disk.Crc32c;
import io.oriel.disk.Disk;
import io.oriel.disk.DurableFile;
import io.oriel.disk.WritableFile;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketException;
import io.oriel.model.error.CorruptionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// Makes an index-header from a block's index without downloading it: reads the table of contents,
/// and copies the symbols and the postings offset table. Thread-safe.
///
/// The bytes are those that Thanos writes: everything from the symbols to the first series, and
/// everything from the postings offset table to the index' end.
final class HeaderBuild {
  private static final int INDEX_MAGIC = 0xBAAAD700;
  private static final int INDEX_TOC_BYTES = 6 * 8 + 4;
  private static final int BUFFER = 64 << 10;

  private final Bucket bucket;
  private final Disk disk;

  HeaderBuild(Bucket bucket, Disk disk) {
    this.bucket = bucket;
    this.disk = disk;
  }

  private record Contents(int version, long symbols, long series, long table, long size) {}

  /// Writes the header of the index {@code object} to {@code file}, durably.
  ///
  /// @throws CorruptionException when the index is missing or is not what was written
  /// @throws BucketException when the bucket does not answer
  void build(String object, Path file) throws IOException {
    try {
      write(object, contents(object), file);
    } catch (BucketException e) {
      throw e.isNotFound() ? new CorruptionException(object, -1, "no such object") : e;
    }
  }

  private Contents contents(String object) {
    long size = bucket.attributes(object).sizeBytes();
    if (size < IndexHeader.INDEX_HEADER_BYTES + INDEX_TOC_BYTES) {
      throw new CorruptionException(
          object, 0, "got " + size + " bytes, want at least " + (INDEX_TOC_BYTES + 5));
    }
    ByteBuffer head = ByteBuffer.wrap(exactly(object, 0, IndexHeader.INDEX_HEADER_BYTES));
    int magic = head.getInt();
    if (magic != INDEX_MAGIC) {
      throw new CorruptionException(
          object, 0, "magic: got 0x%08x, want 0x%08x".formatted(magic, INDEX_MAGIC));
    }
    int version = head.get();
    if (version != 1 && version != 2) {
      throw new CorruptionException(object, 4, "format: got " + version + ", want 1 or 2");
    }
    long at = size - INDEX_TOC_BYTES;
    byte[] raw = exactly(object, at, INDEX_TOC_BYTES);
    ByteBuffer toc = ByteBuffer.wrap(raw);
    int want = toc.getInt(INDEX_TOC_BYTES - 4);
    int got = Crc32c.of(raw, 0, INDEX_TOC_BYTES - 4);
    if (got != want) {
      throw new CorruptionException(
          object, at, "checksum mismatch: got 0x%08x, want 0x%08x".formatted(got, want));
    }
    Contents contents =
        new Contents(version, toc.getLong(0), toc.getLong(8), toc.getLong(40), size);
    if (contents.symbols() < IndexHeader.INDEX_HEADER_BYTES
        || contents.series() <= contents.symbols()
        || contents.table() < contents.series()
        || contents.table() >= at) {
      throw new CorruptionException(object, at, "sections are not in order: " + contents);
    }
    return contents;
  }

  private byte[] exactly(String object, long offset, int length) {
    byte[] bytes = bucket.read(object, offset, length);
    if (bytes.length != length) {
      throw new CorruptionException(
          object, offset, "got " + bytes.length + " bytes, want " + length);
    }
    return bytes;
  }

  private void write(String object, Contents contents, Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      disk.createDirectories(parent);
    }
    Path temporary = file.resolveSibling(file.getFileName() + DurableFile.TEMPORARY);
    try (WritableFile out = disk.create(temporary)) {
      ByteBuffer head = ByteBuffer.allocate(IndexHeader.HEADER_BYTES);
      head.putInt(IndexHeader.MAGIC).put((byte) IndexHeader.VERSION);
      head.put((byte) contents.version()).putLong(contents.table());
      out.write(head.array());
      long symbols = out.position();
      copy(object, contents.symbols(), contents.series() - contents.symbols(), out);
      long table = out.position();
      copy(object, contents.table(), contents.size() - contents.table(), out);
      ByteBuffer toc = ByteBuffer.allocate(IndexHeader.TOC_BYTES);
      toc.putLong(symbols).putLong(table);
      toc.putInt(Crc32c.of(toc.array(), 0, IndexHeader.TOC_BYTES - 4));
      out.write(toc.array());
      out.sync();
    }
    disk.rename(temporary, file);
    if (parent != null) {
      disk.syncDirectory(parent);
    }
  }

  private void copy(String object, long offset, long length, WritableFile out) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long left = length;
    try (InputStream in = bucket.range(object, offset, length)) {
      while (left > 0) {
        int n = read(object, in, buffer, (int) Math.min(left, BUFFER));
        if (n < 0) {
          throw new CorruptionException(
              object, offset, "got " + (length - left) + " bytes, want " + length);
        }
        out.write(buffer, 0, n);
        left -= n;
      }
    }
  }

  private int read(String object, InputStream in, byte[] into, int most) {
    try {
      return in.read(into, 0, most);
    } catch (IOException e) {
      throw BucketException.of("read", bucket, object, e);
    }
  }
}
