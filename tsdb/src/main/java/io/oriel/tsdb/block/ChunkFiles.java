package io.oriel.tsdb.block;

import io.oriel.disk.Crc32c;
import io.oriel.disk.Disk;
import io.oriel.disk.MappedFile;
import io.oriel.model.error.CorruptionException;
import io.oriel.model.series.ChunkEncoding;
import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.index.ChunkMeta;
import io.oriel.tsdb.index.SegmentCursor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A block's chunk segments, mapped. Thread-safe.
final class ChunkFiles implements AutoCloseable {
  static final int MAGIC = 0x85BD40DD;
  static final int HEADER_BYTES = 8;

  private final List<String> names = new ArrayList<>();
  private final List<MappedFile> files = new ArrayList<>();

  /// A chunk's encoding and its data.
  record Stored(ChunkEncoding encoding, MemorySegment data) {}

  private ChunkFiles() {}

  static ChunkFiles open(Disk disk, Path directory) throws IOException {
    ChunkFiles opened = new ChunkFiles();
    try {
      for (Path file : disk.list(directory)) {
        if (!file.getFileName().toString().matches("[0-9]{6,}")) {
          continue;
        }
        MappedFile mapped = disk.map(file);
        opened.files.add(mapped);
        opened.names.add(file.toString());
        SegmentCursor cursor = new SegmentCursor(file.toString(), mapped.bytes(), 0);
        int magic = cursor.int32();
        if (magic != MAGIC) {
          throw cursor.corrupt("magic: got 0x%08x, want 0x%08x".formatted(magic, MAGIC));
        }
        int version = cursor.int8();
        if (version != 1) {
          throw cursor.corrupt("format version: got " + version + ", want 1");
        }
      }
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /// The chunk at {@code reference}, its checksum verified.
  Stored chunk(long reference) {
    MemorySegment bytes = verified(reference);
    ChunkEncoding encoding = ChunkEncoding.ofCode(bytes.get(ValueLayout.JAVA_BYTE, 0) & 0xFF);
    return new Stored(encoding, bytes.asSlice(1));
  }

  /// The same for any encoding.
  StoredChunk stored(ChunkMeta chunk) {
    MemorySegment bytes = verified(chunk.reference());
    return new StoredChunk(
        chunk.minMillis(),
        chunk.maxMillis(),
        bytes.get(ValueLayout.JAVA_BYTE, 0) & 0xFF,
        bytes.asSlice(1).asByteBuffer().asReadOnlyBuffer());
  }

  /// The encoding byte and the data of a chunk.
  private MemorySegment verified(long reference) {
    SegmentCursor cursor = open(reference);
    long length = cursor.length(cursor.uvarint()) + 1L;
    long start = cursor.position();
    cursor.length(length + 4);
    MemorySegment bytes = bytes(reference).asSlice(start, length);
    cursor.moveTo(start + length);
    verify(cursor, Crc32c.of(bytes));
    return bytes;
  }

  /// Appends the samples of the chunk at {@code reference} from {@code min} to {@code max}, both
  /// inclusive, to {@code into}, its checksum verified.
  void read(long reference, ChunkDecoder decoder, SampleColumns into, long min, long max) {
    SegmentCursor cursor = open(reference);
    int length = cursor.length(cursor.uvarint()) + 1;
    long start = cursor.position();
    cursor.length(length + 4L);
    cursor.moveTo(start + length);
    verify(cursor, decoder.take(bytes(reference), start, length));
    decoder.decodeTaken(into, min, max);
  }

  private SegmentCursor open(long reference) {
    int segment = (int) (reference >>> 32);
    long offset = reference & 0xFFFFFFFFL;
    if (segment < 0 || segment >= files.size()) {
      throw new CorruptionException(
          "chunks", offset, "segment " + segment + ", want less than " + files.size());
    }
    return new SegmentCursor(names.get(segment), files.get(segment).bytes(), offset);
  }

  private MemorySegment bytes(long reference) {
    return files.get((int) (reference >>> 32)).bytes();
  }

  /// Compares the checksum at {@code cursor} with what was computed.
  private static void verify(SegmentCursor cursor, int got) {
    int want = cursor.int32();
    if (got != want) {
      throw cursor.corrupt("checksum mismatch: got 0x%08x, want 0x%08x".formatted(got, want));
    }
  }

  /// Bytes of all segments together.
  long size() {
    return files.stream().mapToLong(MappedFile::size).sum();
  }

  @Override
  public void close() {
    files.forEach(MappedFile::close);
    files.clear();
  }
}
