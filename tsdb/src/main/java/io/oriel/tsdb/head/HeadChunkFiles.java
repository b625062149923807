package io.oriel.tsdb.head;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.disk.Crc32c;
import io.oriel.disk.Disk;
import io.oriel.disk.MappedFile;
import io.oriel.disk.WritableFile;
import io.oriel.model.error.OrielException;
import io.oriel.model.series.ChunkEncoding;
import io.oriel.model.series.EncodedChunk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The full chunks of the head, in files that are mapped, so that the heap holds open chunks only:
/// docs/formats/chunks_head.md (upstream tsdb/docs/format/head_chunks.md). Thread-safe.
///
/// A chunk's reference is the file's number in the upper and its offset in the lower 32 bits.
/// Chunks are gathered into batches; a batch is written at once, then mapped. Nothing here needs to
/// be durable, because the log has every sample again; only a file that is followed by another one
/// is synced, so that damage in the last one means its end.
final class HeadChunkFiles implements AutoCloseable {
  static final int MAGIC = 0x0130BC91;
  static final int HEADER_BYTES = 8;
  static final int OUT_OF_ORDER = 0x80;

  /** Series reference, first and last time, encoding. */
  static final int CHUNK_HEADER_BYTES = 25;

  private static final Logger LOG = LoggerFactory.getLogger(HeadChunkFiles.class);
  private static final long OFFSET_MASK = 0xFFFFFFFFL;
  private static final int FILE_BYTES = 128 << 20;
  private static final int BATCH_BYTES = 1 << 20;
  private static final Batch[] NONE = {};

  /// A run of chunks, in memory or mapped.
  private record Batch(long start, MemorySegment bytes, @Nullable MappedFile mapped) {}

  private final Disk disk;
  private final Path directory;

  /** By start; replaced as a whole. */
  private volatile Batch[] batches = NONE;

  @GuardedBy("this")
  private int number;

  /** The file being written; null until its first batch is written. */
  @GuardedBy("this")
  private @Nullable WritableFile file;

  /** The batch being filled; its bytes do not change once they are there. */
  @GuardedBy("this")
  private byte[] open = {};

  /** The reference of the batch's first byte. */
  @GuardedBy("this")
  private long openStart;

  @GuardedBy("this")
  private int filled;

  @GuardedBy("this")
  private int flushed;

  /** After a failed write chunks stay in memory, because files with gaps would hide the log. */
  private volatile boolean broken;

  private final AtomicLong chunksWritten = new AtomicLong();

  /// Goes on behind the files that were found.
  ///
  /// @param files the mapped files by number; takes ownership
  /// @param last the highest number that was ever used
  HeadChunkFiles(Disk disk, Path directory, SortedMap<Integer, MappedFile> files, int last) {
    this.disk = disk;
    this.directory = directory;
    this.number = last;
    List<Batch> found = new ArrayList<>();
    files.forEach((n, mapped) -> found.add(new Batch((long) n << 32, mapped.bytes(), mapped)));
    this.batches = found.toArray(NONE);
  }

  static Path file(Path directory, int number) {
    return directory.resolve(String.format(Locale.ROOT, "%06d", number));
  }

  /// Keeps a chunk.
  ///
  /// @param flags {@link #OUT_OF_ORDER} or zero
  /// @return its reference, never zero
  synchronized long append(int series, EncodedChunk chunk, int flags) {
    int length = chunk.data().remaining();
    int worst = CHUNK_HEADER_BYTES + 5 + length + 4;
    if (filled + worst > open.length) {
      beginBatch(worst);
    }
    ByteBuffer out = ByteBuffer.wrap(open, filled, open.length - filled);
    out.putLong(series).putLong(chunk.minMillis()).putLong(chunk.maxMillis());
    out.put((byte) (chunk.encoding().code() | flags));
    int rest = length;
    while (rest >= 0x80) {
      out.put((byte) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest).put(chunk.data().duplicate());
    out.putInt(Crc32c.of(open, filled, out.position() - filled));
    long reference = openStart + filled;
    filled = out.position();
    chunksWritten.incrementAndGet();
    return reference;
  }

  @GuardedBy("this")
  private void beginBatch(int bytes) {
    boolean first = open.length == 0;
    flush();
    if (!first) {
      mapBatch();
    }
    long next = openStart + filled;
    boolean full = (int) next > FILE_BYTES - bytes;
    if (full) {
      endFile();
    }
    boolean fresh = first || full;
    if (fresh) {
      number++;
      next = (long) number << 32;
    }
    open = new byte[Math.max(BATCH_BYTES, bytes + HEADER_BYTES)];
    openStart = next;
    filled = 0;
    flushed = 0;
    if (fresh) {
      ByteBuffer.wrap(open).putInt(MAGIC).put((byte) 1);
      filled = HEADER_BYTES;
    }
    Batch[] more = Arrays.copyOf(batches, batches.length + 1);
    more[batches.length] = new Batch(openStart, MemorySegment.ofArray(open), null);
    batches = more;
  }

  /// Writes what is not written yet.
  @GuardedBy("this")
  private void flush() {
    if (broken || flushed == filled) {
      return;
    }
    try {
      if (file == null) {
        file = disk.create(file(directory, number));
        disk.syncDirectory(directory);
      }
      file.write(open, flushed, filled - flushed);
      flushed = filled;
    } catch (IOException e) {
      giveUp(e);
    }
  }

  /// The batch that is full lives on disk from now on.
  @GuardedBy("this")
  private void mapBatch() {
    if (broken) {
      return;
    }
    try {
      MappedFile mapped = disk.map(file(directory, number), openStart & OFFSET_MASK, filled);
      Batch[] swapped = batches.clone();
      swapped[swapped.length - 1] = new Batch(openStart, mapped.bytes(), mapped);
      batches = swapped;
    } catch (IOException e) {
      giveUp(e);
    }
  }

  /// Ends the file, durably, since another one will follow.
  @GuardedBy("this")
  private void endFile() {
    WritableFile full = file;
    if (full == null) {
      return;
    }
    file = null;
    try (full) {
      if (!broken) {
        full.sync();
      }
    } catch (IOException e) {
      giveUp(e);
    }
  }

  private void giveUp(IOException e) {
    broken = true;
    LOG.atWarn()
        .addKeyValue("directory", directory)
        .setCause(e)
        .log("head chunks cannot be written; keeping them in memory until the next start");
  }

  /// A chunk's encoding and data.
  record Stored(ChunkEncoding encoding, MemorySegment data) {}

  /// The chunk with this reference, which some series still has or had when the reader began.
  Stored chunk(long reference) {
    Batch[] now = batches;
    int low = 0;
    int high = now.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (now[middle].start() <= reference) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    if (now.length == 0 || now[low].start() > reference) {
      throw OrielException.bug("head chunk " + Long.toHexString(reference) + " is gone");
    }
    MemorySegment bytes = now[low].bytes();
    long at = reference - now[low].start() + CHUNK_HEADER_BYTES - 1;
    ChunkEncoding encoding =
        ChunkEncoding.ofCode(bytes.get(ValueLayout.JAVA_BYTE, at) & ~OUT_OF_ORDER & 0xFF);
    long length = 0;
    for (int shift = 0; ; shift += 7) {
      int b = bytes.get(ValueLayout.JAVA_BYTE, ++at) & 0xFF;
      length |= (long) (b & 0x7F) << shift;
      if (b < 0x80) {
        return new Stored(encoding, bytes.asSlice(at + 1, length));
      }
    }
  }

  /// Begins a new file with the next chunk, so that this one can go when its chunks have.
  synchronized void cut() {
    if (filled > 0) {
      flush();
      mapBatch();
      endFile();
      open = new byte[0];
      filled = 0;
      flushed = 0;
    }
  }

  /// Deletes the files below {@code first}; no reader may have one of their chunks.
  synchronized void deleteBefore(int first) throws IOException {
    List<Batch> kept = new ArrayList<>();
    List<MappedFile> closing = new ArrayList<>();
    Set<Integer> gone = new TreeSet<>();
    for (Batch batch : batches) {
      int its = (int) (batch.start() >>> 32);
      if (its >= Math.min(first, number)) {
        kept.add(batch);
      } else {
        gone.add(its);
        if (batch.mapped() != null) {
          closing.add(batch.mapped());
        }
      }
    }
    if (gone.isEmpty()) {
      return;
    }
    batches = kept.toArray(NONE);
    closing.forEach(MappedFile::close);
    for (int its : gone) {
      disk.delete(file(directory, its));
    }
    disk.syncDirectory(directory);
  }

  /// Bytes of all chunks, those not written yet included.
  long sizeBytes() {
    long size = 0;
    for (Batch batch : batches) {
      size += batch.bytes().byteSize();
    }
    return size;
  }

  /// How many chunks were kept since the start.
  long chunksWritten() {
    return chunksWritten.get();
  }

  @Override
  public synchronized void close() throws IOException {
    flush();
    endFile();
    Batch[] last = batches;
    batches = NONE;
    for (Batch batch : last) {
      if (batch.mapped() != null) {
        batch.mapped().close();
      }
    }
  }
}
