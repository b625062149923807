package io.oriel.tsdb.block;

import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Answer;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.model.series.Warning;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.chunk.SampleEncoder;
import io.oriel.tsdb.index.ChunkMeta;
import io.oriel.tsdb.index.Postings;
import io.oriel.tsdb.tombstone.Tombstones;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Reads one block. Thread-safe; holds the block until it is closed.
public final class BlockQuerier implements Querier {
  private static final ThreadLocal<ChunkDecoder> DECODER =
      ThreadLocal.withInitial(ChunkDecoder::new);

  private final Block block;

  /// A querier on {@code block}, which the caller has retained and this one lets go of.
  public BlockQuerier(Block block) {
    this.block = block;
  }

  @Override
  public SeriesCursor select(SelectHints hints, List<Matcher> matchers) {
    int[] chosen = Postings.select(block.index(), matchers);
    return new BlockCursor(hints, chosen);
  }

  @Override
  public Answer<List<String>> labelValues(String name, int limit, List<Matcher> matchers) {
    if (matchers.isEmpty()) {
      return Answer.of(limited(block.index().values(name), limit));
    }
    TreeSet<String> values = new TreeSet<>(Utf8Order.COMPARATOR);
    for (int reference : Postings.select(block.index(), matchers)) {
      String value = block.series(reference, new ArrayList<>()).get(name);
      if (!value.isEmpty()) {
        values.add(value);
      }
    }
    return Answer.of(limited(new ArrayList<>(values), limit));
  }

  @Override
  public Answer<List<String>> labelNames(int limit, List<Matcher> matchers) {
    if (matchers.isEmpty()) {
      return Answer.of(limited(block.index().names(), limit));
    }
    TreeSet<String> names = new TreeSet<>(Utf8Order.COMPARATOR);
    for (int reference : Postings.select(block.index(), matchers)) {
      Labels labels = block.series(reference, new ArrayList<>());
      for (int i = 0; i < labels.size(); i++) {
        names.add(labels.name(i));
      }
    }
    return Answer.of(limited(new ArrayList<>(names), limit));
  }

  private static List<String> limited(List<String> all, int limit) {
    return limit > 0 && all.size() > limit ? all.subList(0, limit) : all;
  }

  @Override
  public void close() {
    block.close();
  }

  private final class BlockCursor implements SeriesCursor {
    private final SelectHints hints;
    private final int[] references;
    private final List<ChunkMeta> metas = new ArrayList<>();
    private int at;

    BlockCursor(SelectHints hints, int[] references) {
      this.hints = hints;
      this.references = references;
    }

    @Override
    public @Nullable Series next() {
      while (at < references.length) {
        int reference = references[at++];
        metas.clear();
        Labels labels = block.series(reference, metas);
        metas.removeIf(chunk -> !chunk.overlaps(hints.startMillis(), hints.endMillis()));
        if (!metas.isEmpty()) {
          List<Tombstones.Interval> deleted = block.tombstones().of(reference);
          return new BlockSeries(block, labels, List.copyOf(metas), deleted, hints);
        }
      }
      return null;
    }

    @Override
    public List<Warning> warnings() {
      return List.of();
    }

    @Override
    public void close() {
      at = references.length;
    }
  }

  private record BlockSeries(
      Block block,
      Labels labels,
      List<ChunkMeta> metas,
      List<Tombstones.Interval> deleted,
      SelectHints hints)
      implements Series {
    @Override
    public void read(SampleColumns into) {
      int from = into.size();
      ChunkDecoder decoder = DECODER.get();
      for (ChunkMeta meta : metas) {
        block.read(meta.reference(), decoder, into, hints.startMillis(), hints.endMillis());
      }
      Tombstones.erase(into, from, deleted);
    }

    @Override
    public List<EncodedChunk> chunks() {
      List<EncodedChunk> chunks = new ArrayList<>(metas.size());
      for (ChunkMeta meta : metas) {
        if (deleted.stream().anyMatch(gone -> meta.overlaps(gone.minMillis(), gone.maxMillis()))) {
          chunks.addAll(whatIsLeft(meta));
        } else {
          chunks.add(stored(meta));
        }
      }
      return chunks;
    }

    private EncodedChunk stored(ChunkMeta meta) {
      ChunkFiles.Stored chunk = block.chunk(meta.reference());
      return new EncodedChunk(
          meta.minMillis(),
          meta.maxMillis(),
          chunk.encoding(),
          chunk.data().asByteBuffer().asReadOnlyBuffer());
    }

    /// The chunk without its deleted samples, encoded anew.
    private List<EncodedChunk> whatIsLeft(ChunkMeta meta) {
      SampleColumns rows = new SampleColumns();
      ChunkDecoder decoder = DECODER.get();
      block.read(meta.reference(), decoder, rows, Long.MIN_VALUE, Long.MAX_VALUE);
      Tombstones.erase(rows, 0, deleted);
      return SampleEncoder.encode(rows);
    }
  }
}
