package io.oriel.tsdb.block;

import io.oriel.disk.Crc32c;
import io.oriel.disk.Disk;
import io.oriel.disk.DurableFile;
import io.oriel.disk.WritableFile;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.ChunkEncoding;
import io.oriel.model.series.EncodedChunk;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.index.ChunkMeta;
import io.oriel.tsdb.index.IndexWriter;
import io.oriel.tsdb.tombstone.Tombstones;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/// Writes a block under a temporary name and publishes it when it is complete. Not thread-safe.
public final class BlockWriter implements AutoCloseable {
  private static final String TEMPORARY = ".tmp-for-creation";
  private static final long SEGMENT_BYTES = 512L << 20;
  private static final int LAST_ENCODING = ChunkEncoding.FLOAT_HISTOGRAM_START.code();

  /** No more, because the virtual machine allocates as much anew for each write. */
  private static final int BUFFER_BYTES = 64 << 10;

  /** The most that goes around a chunk's data: length, encoding, checksum. */
  private static final int FRAME_BYTES = 10;

  private final Disk disk;
  private final Path directory;
  private final Path temporary;
  private final IndexWriter index;
  private @Nullable WritableFile segment;

  /** What of the segment is not written yet: chunks are small, and each write is a system call. */
  private ByteBuffer pending = ByteBuffer.allocate(BUFFER_BYTES);

  private int segments;
  private long samples;
  private long histogramSamples;
  private long otherSamples;
  private long series;
  private long chunkCount;
  private boolean finished;

  private BlockWriter(Disk disk, Path directory, Path temporary, IndexWriter index) {
    this.disk = disk;
    this.directory = directory;
    this.temporary = temporary;
    this.index = index;
  }

  /// Whether {@code name} is that of a block that was not finished, to be deleted at start.
  public static boolean isLeftover(String name) {
    return name.endsWith(TEMPORARY) || name.endsWith(".tmp-for-deletion") || name.endsWith(".tmp");
  }

  /// A writer of the block that will be {@code parent}/{@code ulid}.
  ///
  /// @param symbols every label name and value that will occur, sorted in UTF-8 order
  public static BlockWriter create(Disk disk, Path parent, Ulid ulid, SortedSet<String> symbols)
      throws IOException {
    Path directory = parent.resolve(ulid.text());
    Path temporary = parent.resolve(ulid.text() + TEMPORARY);
    disk.deleteTree(temporary);
    disk.createDirectories(temporary.resolve("chunks"));
    IndexWriter index = new IndexWriter(disk.create(temporary.resolve("index")), symbols);
    return new BlockWriter(disk, directory, temporary, index);
  }

  /// Adds a series with its chunks, which do not overlap and come by time; series come in label
  /// order.
  public void add(Labels labels, List<EncodedChunk> chunks) throws IOException {
    List<ChunkMeta> metas = new ArrayList<>(chunks.size());
    for (EncodedChunk chunk : chunks) {
      long reference = write(chunk.encoding().code(), chunk.data());
      metas.add(new ChunkMeta(reference, chunk.minMillis(), chunk.maxMillis()));
      count(chunk.encoding(), chunk.data());
    }
    index.add(labels, metas);
    series++;
    chunkCount += chunks.size();
  }

  /// As {@link #add}, for chunks of any encoding.
  ///
  /// @param foreignSamples how many samples are in those whose encoding is not one of Prometheus'
  public void addStored(Labels labels, List<StoredChunk> chunks, long foreignSamples)
      throws IOException {
    List<ChunkMeta> metas = new ArrayList<>(chunks.size());
    for (StoredChunk chunk : chunks) {
      long reference = write(chunk.encoding(), chunk.data());
      metas.add(new ChunkMeta(reference, chunk.minMillis(), chunk.maxMillis()));
      if (chunk.encoding() <= LAST_ENCODING) {
        count(ChunkEncoding.ofCode(chunk.encoding()), chunk.data());
      }
    }
    index.add(labels, metas);
    series++;
    chunkCount += chunks.size();
    samples += foreignSamples;
    otherSamples += foreignSamples;
  }

  private void count(ChunkEncoding encoding, ByteBuffer data) {
    int count = ChunkDecoder.count(encoding, MemorySegment.ofBuffer(data));
    samples += count;
    boolean floats = encoding == ChunkEncoding.XOR || encoding == ChunkEncoding.XOR2;
    histogramSamples += floats ? 0 : count;
  }

  private long write(int encoding, ByteBuffer data) throws IOException {
    int length = data.remaining();
    int most = length + FRAME_BYTES;
    startSegment(most);
    if (pending.remaining() < most) {
      flush();
      if (pending.capacity() < most) {
        pending = ByteBuffer.allocate(most);
      }
    }
    long reference = (long) (segments - 1) << 32 | position();
    int rest = length;
    while (rest >= 0x80) {
      pending.put((byte) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    pending.put((byte) rest);
    int start = pending.position();
    pending.put((byte) encoding).put(data.duplicate());
    pending.putInt(Crc32c.of(pending.array(), start, length + 1));
    return reference;
  }

  /// Where in the present segment the next byte goes.
  private long position() {
    WritableFile open = segment;
    return open == null ? 0 : open.position() + pending.position();
  }

  private void startSegment(int more) throws IOException {
    if (segment != null && position() + more <= SEGMENT_BYTES) {
      return;
    }
    closeSegment();
    segments++;
    String name = String.format(Locale.ROOT, "%06d", segments);
    segment = disk.create(temporary.resolve("chunks").resolve(name));
    pending.putInt(ChunkFiles.MAGIC).put((byte) 1).put(new byte[ChunkFiles.HEADER_BYTES - 5]);
  }

  private void flush() throws IOException {
    WritableFile open = segment;
    if (open != null && pending.position() > 0) {
      open.write(pending.array(), 0, pending.position());
    }
    pending.clear();
  }

  private void closeSegment() throws IOException {
    WritableFile open = segment;
    if (open != null) {
      flush();
      open.sync();
      open.close();
      segment = null;
    }
  }

  /// How many series were added.
  public long series() {
    return series;
  }

  /// Completes the block and gives it its name; when this returns it is durable.
  ///
  /// @param meta what `meta.json` is to say; the statistics are filled in
  public BlockMeta finish(BlockMeta meta) throws IOException {
    closeSegment();
    disk.syncDirectory(temporary.resolve("chunks"));
    index.finish();
    index.close();
    Tombstones.none().write(disk, temporary);
    BlockMeta complete =
        meta.withStats(
            new BlockMeta.Stats(
                samples,
                samples - histogramSamples - otherSamples,
                histogramSamples,
                series,
                chunkCount,
                0));
    MetaFile.write(disk, temporary, complete);
    DurableFile.publish(disk, temporary, directory);
    finished = true;
    return complete;
  }

  /// Removes what was written unless it was finished.
  @Override
  public void close() throws IOException {
    if (finished) {
      return;
    }
    WritableFile open = segment;
    if (open != null) {
      open.close();
    }
    index.close();
    disk.deleteTree(temporary);
  }
}
