package io.oriel.federation.downsample;

import io.oriel.model.error.OrielException;
import io.oriel.model.metric.HistogramAccumulator;
import io.oriel.model.metric.HistogramArithmetic;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.block.StoredChunk;
import io.oriel.tsdb.chunk.ChunkWriter;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The window that native histograms are being added to, and the chunks that finished windows go
/// to: how many there were, their sum, and the counter without resets; minimum and maximum have no
/// meaning. Not thread-safe; for one chunk.
///
/// All histograms of a chunk are brought to its coarsest schema and widest zero bucket first,
/// because a chunk has one of each. Histograms with custom bounds are taken as they are: a run of
/// them ends where the bounds change.
final class HistogramWindow {
  private final HistogramShape shape;
  private final boolean gauge;
  private final ChunkWriter counts = ChunkWriter.floats();
  private @Nullable ChunkWriter sums;
  private @Nullable ChunkWriter counters;
  private @Nullable HistogramAccumulator sum;
  private @Nullable HistogramAccumulator counter;
  private @Nullable NativeHistogram last;
  private long count;

  private HistogramWindow(HistogramShape shape, boolean gauge) {
    this.shape = shape;
    this.gauge = gauge;
  }

  /// Whether two histograms can be in one chunk.
  static boolean together(NativeHistogram a, NativeHistogram b) {
    return isGauge(a) == isGauge(b)
        && a.hasCustomBuckets() == b.hasCustomBuckets()
        && a.sameCustomBounds(b);
  }

  private static boolean isGauge(NativeHistogram histogram) {
    return histogram.resetHint() == ResetHint.GAUGE;
  }

  /// The chunk of rows {@code from} to {@code to}, exclusive, which are by time, not stale, and all
  /// go together.
  static StoredChunk chunk(SampleColumns rows, int from, int to, long resolution) {
    HistogramWindow window =
        new HistogramWindow(
            HistogramShape.of(rows, from, to), isGauge(HistogramShape.row(rows, from)));
    long[] times = rows.timestamps();
    long lastTime = times[to - 1];
    long first = 0;
    long end = Long.MIN_VALUE;
    for (int i = from; i < to; i++) {
      if (i == from || times[i] > end) {
        if (i > from) {
          window.finish(end);
        }
        end = Math.min(Windows.end(times[i], resolution), lastTime);
        first = i == from ? end : first;
      }
      window.add(HistogramShape.row(rows, i));
    }
    window.finish(end);
    return new StoredChunk(first, end, AggrChunk.ENCODING, AggrChunk.encode(window.chunks()));
  }

  private void add(NativeHistogram original) {
    NativeHistogram histogram = shape.fit(original);
    NativeHistogram before = last;
    HistogramAccumulator total = counter;
    if (before == null || total == null) {
      counter = new HistogramAccumulator(histogram);
    } else {
      total.add(histogram, 1);
      if (gauge || !HistogramArithmetic.isReset(before, histogram)) {
        total.add(before, -1);
      }
    }
    last = histogram;
    HistogramAccumulator open = sum;
    if (open == null) {
      sum = new HistogramAccumulator(histogram);
    } else {
      open.add(histogram, 1);
    }
    count++;
  }

  private void finish(long time) {
    HistogramAccumulator open = sum;
    HistogramAccumulator total = counter;
    if (open == null || total == null) {
      throw OrielException.bug("a window without histograms");
    }
    NativeHistogram added = HistogramArithmetic.withHint(open.build(), ResetHint.GAUGE);
    sums = append(sums, time, added);
    ResetHint hint = gauge ? ResetHint.GAUGE : ResetHint.UNKNOWN;
    counters = append(counters, time, HistogramArithmetic.withHint(total.build(), hint));
    counts.append(time, (double) count);
    sum = null;
    count = 0;
  }

  private static ChunkWriter append(
      @Nullable ChunkWriter open, long time, NativeHistogram histogram) {
    ChunkWriter chunk = open == null ? ChunkWriter.histograms(histogram, ResetHint.UNKNOWN) : open;
    chunk.append(time, histogram);
    return chunk;
  }

  private Map<Aggregate, ChunkWriter> chunks() {
    Map<Aggregate, ChunkWriter> chunks = new EnumMap<>(Aggregate.class);
    chunks.put(Aggregate.COUNT, counts);
    if (sums != null) {
      chunks.put(Aggregate.SUM, sums);
    }
    if (counters != null) {
      chunks.put(Aggregate.COUNTER, counters);
    }
    return chunks;
  }
}
