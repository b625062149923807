package io.oriel.federation.downsample;

import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.block.StoredChunk;
import java.util.ArrayList;
import java.util.List;

/// Raw samples of one series to aggregate chunks.
final class RawDownsampling {
  /** The distance of raw samples that the number of chunks is reckoned with. */
  private static final long ASSUMED_STEP = 60_000;

  private RawDownsampling() {}

  /// The chunks of {@code rows}, which are by time; NaN and stale samples are left out.
  static List<StoredChunk> chunks(SampleColumns rows, long resolution) {
    List<StoredChunk> chunks = new ArrayList<>();
    if (rows.histograms() == null) {
      addRun(rows, resolution, chunks);
      return chunks;
    }
    SampleColumns run = new SampleColumns(rows.size());
    for (int i = 0; i < rows.size(); i++) {
      if (i > 0 && (rows.histogram(i) == null) != (rows.histogram(i - 1) == null)) {
        addRun(run, resolution, chunks);
        run.clear();
      }
      run.addRow(rows, i);
    }
    addRun(run, resolution, chunks);
    return chunks;
  }

  /// Adds the chunks of rows of one kind.
  private static void addRun(SampleColumns run, long resolution, List<StoredChunk> into) {
    int size = run.size();
    if (size == 0) {
      return;
    }
    long[] times = run.timestamps();
    int chunks = Windows.chunks(times[0], times[size - 1], ASSUMED_STEP, resolution, size);
    int batch = size / chunks + 1;
    for (int from = 0; from < size; ) {
      int to = Math.min(from + batch, size);
      // a chunk does not end within a window
      long end = Windows.end(times[to - 1], resolution);
      while (to < size && times[to] <= end) {
        to++;
      }
      addBatch(run, from, to, resolution, into);
      from = to;
    }
  }

  private static void addBatch(
      SampleColumns run, int from, int to, long resolution, List<StoredChunk> into) {
    if (run.histograms() == null && !hasNaN(run.values(), from, to)) {
      into.add(FloatWindow.chunk(run.timestamps(), run.values(), from, to, resolution));
      return;
    }
    SampleColumns kept = new SampleColumns(to - from);
    for (int i = from; i < to; i++) {
      if (!Double.isNaN(run.values()[i])) {
        kept.addRow(run, i);
      }
    }
    if (kept.size() == 0) {
      return;
    }
    if (kept.histograms() == null) {
      into.add(FloatWindow.chunk(kept.timestamps(), kept.values(), 0, kept.size(), resolution));
      return;
    }
    for (int start = 0; start < kept.size(); ) {
      int end = start + 1;
      while (end < kept.size()
          && HistogramWindow.together(
              HistogramShape.row(kept, start), HistogramShape.row(kept, end))) {
        end++;
      }
      into.add(HistogramWindow.chunk(kept, start, end, resolution));
      start = end;
    }
  }

  private static boolean hasNaN(double[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      if (Double.isNaN(values[i])) {
        return true;
      }
    }
    return false;
  }
}
