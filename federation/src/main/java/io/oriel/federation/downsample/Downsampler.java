package io.oriel.federation.downsample;

import io.oriel.disk.Disk;
import io.oriel.federation.block.Interruption;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.model.error.CorruptionException;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.series.ChunkEncoding;
import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.BlockWriter;
import io.oriel.tsdb.block.StoredChunk;
import io.oriel.tsdb.block.Ulid;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.index.ChunkMeta;
import io.oriel.tsdb.index.IndexReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Makes a block of the next coarser resolution out of a block. Holds one series' samples, the
/// symbols and the postings in memory. Not thread-safe; one per block.
public final class Downsampler {
  private final Disk disk;
  private final Block source;
  private final StoredMeta meta;
  private final long inMillis;
  private final long outMillis;
  private final ChunkDecoder decoder = new ChunkDecoder();
  private final List<ChunkMeta> metas = new ArrayList<>();
  private final SampleColumns rows = new SampleColumns();

  /// @param source open, stays the caller's
  /// @param meta of {@code source}
  public Downsampler(Disk disk, Block source, StoredMeta meta, Resolution resolution) {
    this.disk = disk;
    this.source = source;
    this.meta = meta;
    this.inMillis = meta.thanos().resolutionMillis();
    this.outMillis = resolution.millis();
    if (inMillis >= outMillis) {
      throw OrielException.invalid(
          "downsample " + meta + ": got " + outMillis + " ms, want more than " + inMillis + " ms");
    }
  }

  /// Writes block {@code ulid} below {@code parent}, durably.
  ///
  /// @return what its `meta.json` says, or nothing when no sample was left
  /// @throws CorruptionException when the source is damaged
  public Optional<StoredMeta> write(Path parent, Ulid ulid) throws IOException {
    try (BlockWriter writer = BlockWriter.create(disk, parent, ulid, symbols(source.index()))) {
      for (int reference : source.index().all()) {
        Interruption.check();
        metas.clear();
        Labels labels = source.series(reference, metas);
        List<StoredChunk> chunks = chunks(reference);
        if (!chunks.isEmpty()) {
          writer.addStored(labels, chunks, windows(chunks));
        }
      }
      if (writer.series() == 0) {
        return Optional.empty();
      }
      BlockMeta old = meta.block();
      BlockMeta fresh =
          new BlockMeta(
              ulid,
              old.minMillis(),
              old.maxMillis(),
              old.stats(),
              old.level(),
              old.sources(),
              old.parents(),
              false,
              false,
              old.hints());
      return Optional.of(
          StoredMeta.of(
              writer.finish(fresh),
              ThanosSection.of(meta.thanos().labels(), outMillis, ThanosSection.COMPACTOR)));
    }
  }

  /// Every string in {@code index}.
  private static SortedSet<String> symbols(IndexReader index) {
    TreeSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
    for (String name : index.names()) {
      symbols.add(name);
      symbols.addAll(index.values(name));
    }
    return symbols;
  }

  private static long windows(List<StoredChunk> chunks) {
    return chunks.stream().mapToLong(chunk -> AggrChunk.parse(chunk.data()).windows()).sum();
  }

  private List<StoredChunk> chunks(int reference) {
    for (int i = 1; i < metas.size(); i++) {
      if (metas.get(i).minMillis() <= metas.get(i - 1).maxMillis()) {
        throw new CorruptionException(
            source.directory().resolve("index").toString(),
            -1,
            "series " + reference + ": chunks out of order or overlapping");
      }
    }
    return inMillis == 0 ? fromRaw() : fromAggregates();
  }

  private List<StoredChunk> fromRaw() {
    rows.clear();
    for (ChunkMeta chunk : metas) {
      decode(source.stored(chunk));
    }
    return RawDownsampling.chunks(rows, outMillis);
  }

  private void decode(StoredChunk chunk) {
    decoder.decode(
        ChunkEncoding.ofCode(chunk.encoding()),
        MemorySegment.ofBuffer(chunk.data()),
        rows,
        Long.MIN_VALUE,
        Long.MAX_VALUE);
  }

  /// Old versions of Thanos left raw chunks in downsampled blocks; they are aggregated first.
  private List<StoredChunk> fromAggregates() {
    List<AggregateDownsampling.Source> sources = new ArrayList<>();
    for (ChunkMeta chunk : metas) {
      StoredChunk stored = source.stored(chunk);
      if (stored.encoding() == AggrChunk.ENCODING) {
        sources.add(AggregateDownsampling.Source.of(stored));
      } else {
        rows.clear();
        decode(stored);
        RawDownsampling.chunks(rows, inMillis).stream()
            .map(AggregateDownsampling.Source::of)
            .forEach(sources::add);
      }
    }
    return sources.isEmpty()
        ? List.of()
        : new AggregateDownsampling(inMillis, outMillis).chunks(sources);
  }
}
