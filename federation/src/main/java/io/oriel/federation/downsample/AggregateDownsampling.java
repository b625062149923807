package io.oriel.federation.downsample;

import io.oriel.model.metric.HistogramArithmetic;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.block.StoredChunk;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.chunk.ChunkWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Aggregate chunks of one series to coarser ones. Whole chunks are joined, never parts, because a
/// chunk's first and last counter values are raw ones and have to stay so. Not thread-safe.
final class AggregateDownsampling {
  private final long inMillis;
  private final long outMillis;
  private final ChunkDecoder decoder = new ChunkDecoder();

  AggregateDownsampling(long inMillis, long outMillis) {
    this.inMillis = inMillis;
    this.outMillis = outMillis;
  }

  /// A chunk that was taken apart.
  record Source(StoredChunk stored, AggrChunk chunk) {
    static Source of(StoredChunk stored) {
      return new Source(stored, AggrChunk.parse(stored.data()));
    }
  }

  /// The coarser chunks of {@code sources}, which are by time.
  List<StoredChunk> chunks(List<Source> sources) {
    List<StoredChunk> chunks = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= sources.size(); i++) {
      if (i == sources.size()
          || sources.get(i).chunk().isHistogram() != sources.get(from).chunk().isHistogram()) {
        addRun(sources.subList(from, i), chunks);
        from = i;
      }
    }
    return chunks;
  }

  private void addRun(List<Source> run, List<StoredChunk> into) {
    int windows = run.stream().mapToInt(source -> source.chunk().windows()).sum();
    int count =
        Windows.chunks(
            run.getFirst().stored().minMillis(),
            run.getLast().stored().maxMillis(),
            inMillis,
            outMillis,
            windows);
    int batch = Math.max(1, run.size() / count);
    for (int from = 0; from < run.size(); from += batch) {
      List<Source> part = run.subList(from, Math.min(run.size(), from + batch));
      if (part.getFirst().chunk().isHistogram()) {
        addHistograms(part, into);
      } else {
        addFloats(part, into);
      }
    }
  }

  /// What a window's values become.
  private static final class Fold {
    double sum;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double last;

    void add(double value) {
      sum += value;
      min = Math.min(min, value);
      max = Math.max(max, value);
      last = value;
    }
  }

  private SampleColumns read(List<Source> part, Aggregate aggregate) {
    SampleColumns rows = new SampleColumns();
    SampleColumns one = new SampleColumns();
    for (Source source : part) {
      one.clear();
      source.chunk().read(aggregate, decoder, one);
      for (int i = 0; i < one.size(); i++) {
        boolean later =
            rows.size() == 0 || one.timestamps()[i] > rows.timestamps()[rows.size() - 1];
        if (later && !Double.isNaN(one.values()[i])) {
          rows.addRow(one, i);
        }
      }
    }
    return rows;
  }

  /// Appends one value per window to {@code chunk}; the time of the last window.
  private long fold(SampleColumns rows, ToDoubleFunction<Fold> value, ChunkWriter chunk) {
    long lastTime = rows.timestamps()[rows.size() - 1];
    long end = 0;
    Fold fold = new Fold();
    for (int i = 0; i < rows.size(); i++) {
      long time = rows.timestamps()[i];
      if (i == 0 || time > end) {
        if (i > 0) {
          chunk.append(end, value.applyAsDouble(fold));
          fold = new Fold();
        }
        end = Math.min(Windows.end(time, outMillis), lastTime);
      }
      fold.add(rows.values()[i]);
    }
    chunk.append(end, value.applyAsDouble(fold));
    return end;
  }

  private void addFloats(List<Source> part, List<StoredChunk> into) {
    Map<Aggregate, ChunkWriter> chunks = new EnumMap<>(Aggregate.class);
    Span span = new Span();
    fold(part, Aggregate.COUNT, fold -> fold.sum, chunks, span);
    fold(part, Aggregate.SUM, fold -> fold.sum, chunks, span);
    fold(part, Aggregate.MIN, fold -> fold.min, chunks, span);
    fold(part, Aggregate.MAX, fold -> fold.max, chunks, span);
    foldCounter(part, chunks, span);
    if (span.min <= span.max) {
      into.add(new StoredChunk(span.min, span.max, AggrChunk.ENCODING, AggrChunk.encode(chunks)));
    }
  }

  /// The times that a chunk covers.
  private static final class Span {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;

    void add(SampleColumns rows, long outMillis, long last) {
      long firstTime = rows.timestamps()[0];
      long end = rows.timestamps()[rows.size() - 1];
      min = Math.min(min, Math.min(Windows.end(firstTime, outMillis), end));
      max = Math.max(max, last);
    }
  }

  private void fold(
      List<Source> part,
      Aggregate aggregate,
      ToDoubleFunction<Fold> value,
      Map<Aggregate, ChunkWriter> into,
      Span span) {
    SampleColumns rows = read(part, aggregate);
    if (rows.size() > 0) {
      ChunkWriter chunk = ChunkWriter.floats();
      span.add(rows, outMillis, fold(rows, value, chunk));
      into.put(aggregate, chunk);
    }
  }

  private void foldCounter(List<Source> part, Map<Aggregate, ChunkWriter> into, Span span) {
    CounterJoin join = new CounterJoin();
    SampleColumns rows = new SampleColumns();
    SampleColumns one = new SampleColumns();
    for (Source source : part) {
      one.clear();
      source.chunk().read(Aggregate.COUNTER, decoder, one);
      join.add(one, rows);
    }
    if (rows.size() > 0) {
      ChunkWriter chunk = ChunkWriter.floats();
      chunk.append(rows.timestamps()[0], rows.values()[0]);
      long last = fold(rows, fold -> fold.last, chunk);
      span.add(rows, outMillis, last);
      chunk.append(last, join.lastValue());
      into.put(Aggregate.COUNTER, chunk);
    }
  }

  private void addHistograms(List<Source> part, List<StoredChunk> into) {
    SampleColumns counters = read(part, Aggregate.COUNTER);
    SampleColumns sums = read(part, Aggregate.SUM);
    SampleColumns counts = read(part, Aggregate.COUNT);
    for (int start = 0; start < counters.size(); ) {
      int end = start + 1;
      while (end < counters.size() && goOn(counters, sums, start, end)) {
        end++;
      }
      into.add(
          new HistogramJoin(counters, sums, counts, outMillis)
              .chunk(counters.timestamps()[start], counters.timestamps()[end - 1]));
      start = end;
    }
  }

  private static boolean goOn(SampleColumns counters, SampleColumns sums, int start, int i) {
    boolean counterFits =
        HistogramWindow.together(
            HistogramShape.row(counters, start), HistogramShape.row(counters, i));
    boolean sumFits =
        sums.size() != counters.size()
            || HistogramWindow.together(
                HistogramShape.row(sums, start), HistogramShape.row(sums, i));
    return counterFits && sumFits;
  }

  /// Joins the histograms of windows to wider windows.
  private record HistogramJoin(
      SampleColumns counters, SampleColumns sums, SampleColumns counts, long outMillis) {
    /// The chunk of the windows from one time to another, both inclusive.
    StoredChunk chunk(long from, long to) {
      Map<Aggregate, ChunkWriter> chunks = new EnumMap<>(Aggregate.class);
      SampleColumns counter = between(counters, from, to);
      SampleColumns sum = between(sums, from, to);
      SampleColumns count = between(counts, from, to);
      NativeHistogram first = HistogramShape.row(counter, 0);
      ResetHint hint = first.resetHint() == ResetHint.GAUGE ? ResetHint.GAUGE : ResetHint.UNKNOWN;
      StoredChunk counted = HistogramWindow.chunk(counter, 0, counter.size(), outMillis);
      put(chunks, Aggregate.COUNTER, rows(counted, Aggregate.COUNTER), hint);
      if (sum.size() > 0) {
        StoredChunk summed = HistogramWindow.chunk(sum, 0, sum.size(), outMillis);
        put(chunks, Aggregate.SUM, rows(summed, Aggregate.SUM), ResetHint.GAUGE);
      }
      if (count.size() > 0) {
        ChunkWriter floats = ChunkWriter.floats();
        new AggregateDownsampling(0, outMillis).fold(count, fold -> fold.sum, floats);
        chunks.put(Aggregate.COUNT, floats);
      }
      return new StoredChunk(
          counted.minMillis(), counted.maxMillis(), AggrChunk.ENCODING, AggrChunk.encode(chunks));
    }

    private static SampleColumns between(SampleColumns rows, long from, long to) {
      SampleColumns kept = new SampleColumns();
      for (int i = 0; i < rows.size(); i++) {
        if (rows.timestamps()[i] >= from && rows.timestamps()[i] <= to) {
          kept.addRow(rows, i);
        }
      }
      return kept;
    }

    private static SampleColumns rows(StoredChunk chunk, Aggregate aggregate) {
      SampleColumns rows = new SampleColumns();
      AggrChunk.parse(chunk.data()).read(aggregate, new ChunkDecoder(), rows);
      return rows;
    }

    private static void put(
        Map<Aggregate, ChunkWriter> into, Aggregate aggregate, SampleColumns rows, ResetHint hint) {
      NativeHistogram first = HistogramArithmetic.withHint(HistogramShape.row(rows, 0), hint);
      ChunkWriter chunk = ChunkWriter.histograms(first, ResetHint.UNKNOWN);
      for (int i = 0; i < rows.size(); i++) {
        chunk.append(
            rows.timestamps()[i], HistogramArithmetic.withHint(HistogramShape.row(rows, i), hint));
      }
      into.put(aggregate, chunk);
    }
  }
}
