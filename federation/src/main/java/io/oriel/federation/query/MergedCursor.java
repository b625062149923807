package io.oriel.federation.query;

import io.oriel.federation.query.FanOut.Missing;
import io.oriel.federation.store.StoreCursor;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.wire.storeapi.AggrChunk;
import io.oriel.wire.storeapi.SeriesRequest;
import io.oriel.wire.storeapi.StoreSeries;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Sorted cursors as one; series with equal labels become one, its chunks by start time, equal ones
/// once. Owns the cursors. All stores are already answering while one of them is waited for.
final class MergedCursor implements StoreCursor {
  record Source(Endpoint endpoint, StoreCursor cursor) {}

  private record Head(StoreSeries series, int source) implements Comparable<Head> {
    @Override
    public int compareTo(Head other) {
      int order = series.labels().compareTo(other.series.labels());
      return order != 0 ? order : Integer.compare(source, other.source);
    }
  }

  private final List<Source> sources;
  private final Missing missing;
  private final long limit;
  private final PriorityQueue<Head> heads = new PriorityQueue<>();
  private boolean started;
  private long handedOut;

  MergedCursor(List<Source> sources, Missing missing, SeriesRequest request) {
    this.sources = sources;
    this.missing = missing;
    this.limit = request.limit() <= 0 ? Long.MAX_VALUE : request.limit();
  }

  @Override
  public @Nullable StoreSeries next() throws IOException {
    if (!started) {
      started = true;
      for (int i = 0; i < sources.size(); i++) {
        advance(i);
      }
    }
    Head first = heads.poll();
    if (first == null || handedOut == limit) {
      return null;
    }
    handedOut++;
    advance(first.source());
    Labels labels = first.series().labels();
    List<AggrChunk> chunks = null;
    for (Head head = heads.peek();
        head != null && head.series().labels().equals(labels);
        head = heads.peek()) {
      heads.poll();
      chunks = chunks == null ? new ArrayList<>(first.series().chunks()) : chunks;
      chunks.addAll(head.series().chunks());
      advance(head.source());
    }
    return chunks == null ? first.series() : new StoreSeries(labels, once(chunks));
  }

  private static List<AggrChunk> once(List<AggrChunk> chunks) {
    Set<AggrChunk> distinct = new LinkedHashSet<>(chunks);
    List<AggrChunk> sorted = new ArrayList<>(distinct);
    sorted.sort(
        Comparator.comparingLong(AggrChunk::minMillis).thenComparingLong(AggrChunk::maxMillis));
    return sorted;
  }

  private void advance(int i) throws IOException {
    Source source = sources.get(i);
    try {
      StoreSeries next = source.cursor().next();
      if (next != null) {
        heads.add(new Head(next, i));
      }
    } catch (IOException | OrielException e) {
      missing.note(source.endpoint(), e);
    }
  }

  @Override
  public List<String> warnings() {
    List<String> all = new ArrayList<>(missing.warnings());
    for (Source source : sources) {
      all.addAll(source.cursor().warnings());
    }
    return all.stream().distinct().toList();
  }

  @Override
  public void close() {
    sources.forEach(source -> source.cursor().close());
  }
}
