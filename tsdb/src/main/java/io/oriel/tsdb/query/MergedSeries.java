package io.oriel.tsdb.query;

import io.oriel.model.labels.Labels;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.Series;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// One series that several sources have a part of.
final class MergedSeries implements Series {
  private final List<Series> parts;

  MergedSeries(List<Series> parts) {
    this.parts = parts;
  }

  @Override
  public Labels labels() {
    return parts.getFirst().labels();
  }

  @Override
  public void read(SampleColumns into) throws IOException {
    int base = into.size();
    for (Series part : parts) {
      int from = into.size();
      part.read(into);
      Rows.merge(into, base, from);
    }
  }

  @Override
  public List<EncodedChunk> chunks() throws IOException {
    List<EncodedChunk> all = new ArrayList<>();
    for (Series part : parts) {
      all.addAll(part.chunks());
    }
    all.sort(Comparator.comparingLong(EncodedChunk::minMillis));
    return all;
  }
}
