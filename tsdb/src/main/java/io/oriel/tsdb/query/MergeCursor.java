package io.oriel.tsdb.query;

import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.model.series.Warning;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Several sorted cursors as one; series with equal labels become one. Owns the cursors.
final class MergeCursor implements SeriesCursor {
  private record Head(Series series, int source) implements Comparable<Head> {
    @Override
    public int compareTo(Head other) {
      int order = series.labels().compareTo(other.series.labels());
      return order != 0 ? order : Integer.compare(source, other.source);
    }
  }

  private final List<SeriesCursor> cursors;
  private final PriorityQueue<Head> heads = new PriorityQueue<>();
  private boolean started;

  MergeCursor(List<SeriesCursor> cursors) {
    this.cursors = cursors;
  }

  @Override
  public @Nullable Series next() throws IOException {
    if (!started) {
      started = true;
      for (int i = 0; i < cursors.size(); i++) {
        advance(i);
      }
    }
    Head first = heads.poll();
    if (first == null) {
      return null;
    }
    advance(first.source());
    List<Series> same = new ArrayList<>();
    same.add(first.series());
    for (Head head = heads.peek();
        head != null && head.series().labels().equals(first.series().labels());
        head = heads.peek()) {
      heads.poll();
      same.add(head.series());
      advance(head.source());
    }
    return same.size() == 1 ? first.series() : new MergedSeries(same);
  }

  private void advance(int source) throws IOException {
    Series next = cursors.get(source).next();
    if (next != null) {
      heads.add(new Head(next, source));
    }
  }

  @Override
  public List<Warning> warnings() {
    List<Warning> all = new ArrayList<>();
    for (SeriesCursor cursor : cursors) {
      all.addAll(cursor.warnings());
    }
    return all;
  }

  @Override
  public void close() {
    for (SeriesCursor cursor : cursors) {
      cursor.close();
    }
  }
}
