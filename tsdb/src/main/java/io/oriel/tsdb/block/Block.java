package io.oriel.tsdb.block;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.disk.Disk;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.index.ChunkMeta;
import io.oriel.tsdb.index.IndexReader;
import io.oriel.tsdb.tombstone.Tombstones;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// An immutable run of samples on disk. Thread-safe.
///
/// Whoever reads holds it by {@link #retain} and lets go by {@link #close}; the files are unmapped
/// when the last holder, the opener included, has let go.
public final class Block implements AutoCloseable {
  private final Path directory;

  /** Replaced when the block turns out to be impossible to merge. */
  private volatile BlockMeta meta;

  private final IndexReader index;
  private final ChunkFiles chunks;
  private final Object lock = new Object();

  /** Replaced as a whole when something is deleted. */
  private volatile Tombstones tombstones;

  @GuardedBy("lock")
  private int holders = 1;

  private Block(
      Path directory, BlockMeta meta, IndexReader index, ChunkFiles chunks, Tombstones tombstones) {
    this.directory = directory;
    this.meta = meta;
    this.index = index;
    this.chunks = chunks;
    this.tombstones = tombstones;
  }

  /// Opens the block in {@code directory}. The caller closes it.
  ///
  /// @throws io.oriel.model.error.CorruptionException when one of its files is damaged
  public static Block open(Disk disk, Path directory) throws IOException {
    BlockMeta meta = MetaFile.read(disk, directory);
    Tombstones tombstones = Tombstones.read(disk, directory);
    ChunkFiles chunks = ChunkFiles.open(disk, directory.resolve("chunks"));
    try {
      Path file = directory.resolve("index");
      IndexReader index = IndexReader.open(file.toString(), disk.map(file));
      return new Block(directory, meta, index, chunks, tombstones);
    } catch (IOException | RuntimeException e) {
      chunks.close();
      throw e;
    }
  }

  public Path directory() {
    return directory;
  }

  public BlockMeta meta() {
    return meta;
  }

  public IndexReader index() {
    return index;
  }

  public Tombstones tombstones() {
    return tombstones;
  }

  /// Bytes of index and chunks on disk.
  public long sizeBytes() {
    return index.sizeBytes() + chunks.size();
  }

  /// The encoded chunk at {@code reference}.
  ChunkFiles.Stored chunk(long reference) {
    return chunks.chunk(reference);
  }

  /// Appends the samples of the chunk at {@code reference} that lie in the range to {@code into}.
  void read(long reference, ChunkDecoder decoder, SampleColumns into, long min, long max) {
    chunks.read(reference, decoder, into, min, max);
  }

  /// A chunk as it is stored, whatever its encoding, its checksum verified. Its bytes are valid
  /// until the block is closed.
  public StoredChunk stored(ChunkMeta chunk) {
    return chunks.stored(chunk);
  }

  /// The labels of a series and its chunks.
  public Labels series(int reference, List<ChunkMeta> into) {
    return index.series(reference, into);
  }

  /// Hides what {@code fresh} says, durably, beside what is hidden already.
  public void replaceTombstones(Disk disk, Tombstones fresh) throws IOException {
    fresh.write(disk, directory);
    tombstones = fresh;
  }

  /// Notes, durably, that the block cannot be merged with others.
  public void markFailed(Disk disk) throws IOException {
    BlockMeta marked = meta.withFailed();
    MetaFile.write(disk, directory, marked);
    meta = marked;
  }

  /// Holds the block open; every call needs a {@link #close}.
  ///
  /// @return whether it was still open
  public boolean retain() {
    synchronized (lock) {
      if (holders == 0) {
        return false;
      }
      holders++;
      return true;
    }
  }

  /// Lets go; the last one out unmaps the files.
  @Override
  public void close() {
    synchronized (lock) {
      if (--holders > 0) {
        return;
      }
    }
    index.close();
    chunks.close();
  }
}
