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

  private final Disk disk;
  private final Path directory;
  private final Path temporary;
  private final IndexWriter index;
  private @Nullable WritableFile segment;
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
    ByteBuffer out = ByteBuffer.allocate(length + 10);
    int rest = length;
    while (rest >= 0x80) {
      out.put((byte) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
    int start = out.position();
    out.put((byte) encoding).put(data.duplicate());
    out.putInt(Crc32c.of(out.array(), start, length + 1));
    WritableFile file = segmentFor(out.position());
    long reference = (long) (segments - 1) << 32 | file.position();
    file.write(out.array(), 0, out.position());
    return reference;
  }

  private WritableFile segmentFor(int more) throws IOException {
    WritableFile open = segment;
    if (open != null && open.position() + more <= SEGMENT_BYTES) {
      return open;
    }
    closeSegment();
    segments++;
    String name = String.format(Locale.ROOT, "%06d", segments);
    open = disk.create(temporary.resolve("chunks").resolve(name));
    segment = open;
    open.write(
        ByteBuffer.allocate(ChunkFiles.HEADER_BYTES)
            .putInt(ChunkFiles.MAGIC)
            .put((byte) 1)
            .array());
    return open;
  }

  private void closeSegment() throws IOException {
    WritableFile open = segment;
    if (open != null) {
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
