package io.oriel.federation.compact;

import io.oriel.disk.Disk;
import io.oriel.federation.block.Interruption;
import io.oriel.federation.dedup.Deduplication;
import io.oriel.federation.downsample.AggrChunk;
import io.oriel.model.error.CorruptionException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.series.ChunkEncoding;
import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.BlockWriter;
import io.oriel.tsdb.block.StoredChunk;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.chunk.SampleEncoder;
import io.oriel.tsdb.index.ChunkMeta;
import io.oriel.tsdb.tombstone.Tombstones;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;

/// Writes several blocks of one stream as one. Holds the samples of one series, the symbols and the
/// postings in memory. Not thread-safe.
///
/// Chunks are copied as they are where those of a series do not overlap and nothing of it is
/// deleted; else the series is decoded, merged and encoded anew. Chunks that two blocks have alike
/// count once.
final class BlockJoin {
  private final Disk disk;
  private final Deduplication merge;
  private final ChunkDecoder decoder = new ChunkDecoder();

  BlockJoin(Disk disk, Deduplication merge) {
    this.disk = disk;
    this.merge = merge;
  }

  /// A walk over the series of one block, and the series it stands at.
  private static final class Walk {
    final Block block;
    final int order;
    private final int[] all;
    private int next;
    Labels labels = Labels.empty();
    List<StoredChunk> chunks = List.of();
    List<Tombstones.Interval> deleted = List.of();

    Walk(Block block, int order) {
      this.block = block;
      this.order = order;
      this.all = block.index().all();
    }

    boolean advance() {
      if (next == all.length) {
        return false;
      }
      int reference = all[next++];
      List<ChunkMeta> metas = new ArrayList<>();
      labels = block.series(reference, metas);
      deleted = block.tombstones().of(reference);
      List<StoredChunk> stored = new ArrayList<>(metas.size());
      metas.forEach(meta -> stored.add(block.stored(meta)));
      chunks = stored;
      return true;
    }
  }

  /// Writes {@code sources}, by time, as block {@code meta.ulid()} below {@code parent}, durably.
  ///
  /// @return what its `meta.json` says, or nothing when no sample was left
  Optional<BlockMeta> write(List<Block> sources, Path parent, BlockMeta meta) throws IOException {
    PriorityQueue<Walk> walks =
        new PriorityQueue<>(
            Comparator.comparing((Walk walk) -> walk.labels).thenComparingInt(walk -> walk.order));
    for (int i = 0; i < sources.size(); i++) {
      Walk walk = new Walk(sources.get(i), i);
      if (walk.advance()) {
        walks.add(walk);
      }
    }
    try (BlockWriter writer = BlockWriter.create(disk, parent, meta.ulid(), symbols(sources))) {
      List<Walk> same = new ArrayList<>();
      while (!walks.isEmpty()) {
        Interruption.check();
        Labels labels = walks.element().labels;
        same.clear();
        while (!walks.isEmpty() && walks.element().labels.equals(labels)) {
          same.add(walks.remove());
        }
        writeSeries(labels, same, writer);
        for (Walk walk : same) {
          if (walk.advance()) {
            walks.add(walk);
          }
        }
      }
      return writer.series() == 0 ? Optional.empty() : Optional.of(writer.finish(meta));
    }
  }

  private static TreeSet<String> symbols(List<Block> sources) {
    Set<String> found = new HashSet<>();
    for (Block source : sources) {
      for (String name : source.index().names()) {
        found.add(name);
        found.addAll(source.index().values(name));
      }
    }
    TreeSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
    symbols.addAll(found);
    return symbols;
  }

  private void writeSeries(Labels labels, List<Walk> walks, BlockWriter writer) throws IOException {
    List<StoredChunk> chunks = new ArrayList<>();
    boolean deleted = false;
    for (Walk walk : walks) {
      chunks.addAll(walk.chunks);
      deleted |= !walk.deleted.isEmpty();
    }
    chunks.sort(
        Comparator.comparingLong(StoredChunk::minMillis).thenComparingLong(StoredChunk::maxMillis));
    dropTwins(chunks);
    boolean aggregated = chunks.stream().anyMatch(c -> c.encoding() == AggrChunk.ENCODING);
    boolean overlap = overlap(chunks);
    if (!overlap && (!deleted || aggregated)) {
      if (!chunks.isEmpty()) {
        writer.addStored(labels, chunks, windows(chunks));
      }
      return;
    }
    if (aggregated) {
      throw new CorruptionException(
          walks.getFirst().block.directory().toString(),
          -1,
          "series " + labels + ": downsampled chunks overlap");
    }
    SampleColumns rows = merged(walks);
    if (rows.size() > 0) {
      writer.add(labels, SampleEncoder.encode(rows));
    }
  }

  private static void dropTwins(List<StoredChunk> sorted) {
    for (int i = sorted.size() - 1; i > 0; i--) {
      if (sorted.get(i).equals(sorted.get(i - 1))) {
        sorted.remove(i);
      }
    }
  }

  private static boolean overlap(List<StoredChunk> sorted) {
    for (int i = 1; i < sorted.size(); i++) {
      if (sorted.get(i).minMillis() <= sorted.get(i - 1).maxMillis()) {
        return true;
      }
    }
    return false;
  }

  private static long windows(List<StoredChunk> chunks) {
    long windows = 0;
    for (StoredChunk chunk : chunks) {
      if (chunk.encoding() == AggrChunk.ENCODING) {
        windows += AggrChunk.parse(chunk.data()).windows();
      }
    }
    return windows;
  }

  private SampleColumns merged(List<Walk> walks) {
    List<SampleColumns> replicas = new ArrayList<>();
    for (Walk walk : walks) {
      SampleColumns rows = new SampleColumns();
      for (StoredChunk chunk : walk.chunks) {
        decoder.decode(
            ChunkEncoding.ofCode(chunk.encoding()),
            MemorySegment.ofBuffer(chunk.data()),
            rows,
            Long.MIN_VALUE,
            Long.MAX_VALUE);
      }
      Tombstones.erase(rows, 0, walk.deleted);
      addTo(replicas, rows);
    }
    SampleColumns all = new SampleColumns();
    merge.merge(replicas, all);
    return all;
  }

  /// Adds a block's samples: behind those of an earlier block that ends before they begin, as
  /// blocks of one replica follow one another, else as a replica of their own. So no algorithm
  /// takes the step from one block to the next for a gap.
  private static void addTo(List<SampleColumns> replicas, SampleColumns rows) {
    if (rows.size() == 0) {
      return;
    }
    for (SampleColumns replica : replicas) {
      if (replica.timestamps()[replica.size() - 1] < rows.timestamps()[0]) {
        for (int i = 0; i < rows.size(); i++) {
          replica.addRow(rows, i);
        }
        return;
      }
    }
    replicas.add(rows);
  }
}
