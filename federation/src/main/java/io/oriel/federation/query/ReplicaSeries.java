package io.oriel.federation.query;

import io.oriel.federation.dedup.Deduplication;
import io.oriel.federation.dedup.Overlaps;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.HistogramArithmetic;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.Series;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.chunk.SampleEncoder;
import io.oriel.wire.storeapi.AggrChunk;
import io.oriel.wire.storeapi.Aggregate;
import io.oriel.wire.storeapi.StoreChunk;
import io.oriel.wire.storeapi.StoreSeries;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A series as several stores and replicas have it, decoded and merged when it is read.
final class ReplicaSeries implements Series {
  /// How to read it.
  ///
  /// @param minMillis first sample wanted, inclusive
  /// @param maxMillis last sample wanted, inclusive
  record Reading(
      long minMillis,
      long maxMillis,
      List<Aggregate> aggregates,
      Deduplication deduplication,
      String function) {
    boolean isCounter() {
      return aggregates.getFirst() == Aggregate.COUNTER;
    }
  }

  private final StoreSeries series;
  private final Reading reading;

  ReplicaSeries(StoreSeries series, Reading reading) {
    this.series = series;
    this.reading = reading;
  }

  @Override
  public Labels labels() {
    return series.labels();
  }

  @Override
  public void read(SampleColumns into) {
    List<AggrChunk> chunks = new ArrayList<>(series.chunks());
    chunks.sort(
        Comparator.comparingLong(AggrChunk::minMillis).thenComparingLong(AggrChunk::maxMillis));
    List<List<AggrChunk>> runs = Overlaps.split(chunks, AggrChunk::minMillis, AggrChunk::maxMillis);
    boolean raw = chunks.stream().allMatch(chunk -> chunk.raw() != null);
    // one replica's raw counter is left to the function, whose `resets` counts what is there
    boolean totals =
        reading.isCounter() && (!raw || (runs.size() > 1 && !reading.function().equals("resets")));
    List<SampleColumns> replicas = new ArrayList<>();
    for (List<AggrChunk> run : runs) {
      SampleColumns rows = decode(run, totals);
      if (rows.size() > 0) {
        replicas.add(rows);
      }
    }
    if (totals) {
      reading.deduplication().mergeCounters(replicas, into);
    } else {
      reading.deduplication().merge(replicas, into);
    }
  }

  private SampleColumns decode(List<AggrChunk> run, boolean totals) {
    SampleColumns rows = new SampleColumns();
    ChunkDecoder decoder = new ChunkDecoder();
    CounterTotal total = new CounterTotal(rows);
    SampleColumns chunkRows = totals ? new SampleColumns() : rows;
    for (AggrChunk chunk : run) {
      if (chunk.maxMillis() < reading.minMillis() || chunk.minMillis() > reading.maxMillis()) {
        continue;
      }
      if (totals) {
        chunkRows.clear();
      }
      decode(decoder, chunk, chunkRows);
      if (totals) {
        total.add(chunkRows);
      }
    }
    return rows;
  }

  private void decode(ChunkDecoder decoder, AggrChunk chunk, SampleColumns into) {
    StoreChunk raw = chunk.raw();
    if (raw != null) {
      decode(decoder, raw, into);
    } else if (reading.aggregates().size() == 1) {
      decode(decoder, chunk.get(reading.aggregates().getFirst()), into);
    } else {
      average(decoder, chunk, into);
    }
  }

  private void decode(ChunkDecoder decoder, @Nullable StoreChunk chunk, SampleColumns into) {
    if (chunk != null) {
      decoder.decode(
          chunk.encoding(),
          MemorySegment.ofBuffer(chunk.data()),
          into,
          reading.minMillis(),
          reading.maxMillis());
    }
  }

  /// Sum over count, where both have a sample.
  private void average(ChunkDecoder decoder, AggrChunk chunk, SampleColumns into) {
    SampleColumns counts = new SampleColumns();
    SampleColumns sums = new SampleColumns();
    decode(decoder, chunk.count(), counts);
    decode(decoder, chunk.sum(), sums);
    int c = 0;
    for (int i = 0; i < sums.size(); i++) {
      long time = sums.timestamps()[i];
      while (c < counts.size() && counts.timestamps()[c] < time) {
        c++;
      }
      if (c == counts.size()) {
        return;
      }
      if (counts.timestamps()[c] == time) {
        NativeHistogram sum = sums.histogram(i);
        double count = counts.values()[c];
        if (sum == null) {
          into.add(time, sums.values()[i] / count);
        } else {
          into.add(time, HistogramArithmetic.divide(sum, count));
        }
      }
    }
  }

  @Override
  public List<EncodedChunk> chunks() {
    SampleColumns rows = new SampleColumns();
    read(rows);
    return SampleEncoder.encode(rows);
  }
}
