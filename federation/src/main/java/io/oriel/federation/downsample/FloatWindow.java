package io.oriel.federation.downsample;

import io.oriel.tsdb.block.StoredChunk;
import io.oriel.tsdb.chunk.ChunkWriter;
import java.util.EnumMap;
import java.util.Map;

/// The window that floats are being added to, and the chunks that finished windows go to. Not
/// thread-safe; for one chunk.
final class FloatWindow {
  private final Map<Aggregate, ChunkWriter> chunks = new EnumMap<>(Aggregate.class);
  private final ChunkWriter counts = ChunkWriter.floats();
  private final ChunkWriter sums = ChunkWriter.floats();
  private final ChunkWriter minima = ChunkWriter.floats();
  private final ChunkWriter maxima = ChunkWriter.floats();
  private final ChunkWriter counters = ChunkWriter.floats();
  private long total;
  private long count;
  private double sum;
  private double min;
  private double max;
  private double counter;
  private double last;

  FloatWindow() {
    chunks.put(Aggregate.COUNT, counts);
    chunks.put(Aggregate.SUM, sums);
    chunks.put(Aggregate.MIN, minima);
    chunks.put(Aggregate.MAX, maxima);
    chunks.put(Aggregate.COUNTER, counters);
  }

  /// The chunk of raw samples {@code from} to {@code to}, exclusive, which are by time and not NaN.
  static StoredChunk chunk(long[] times, double[] values, int from, int to, long resolution) {
    FloatWindow window = new FloatWindow();
    window.counters.append(times[from], values[from]);
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
        window.begin();
      }
      window.add(values[i]);
    }
    window.finish(end);
    window.counters.append(end, values[to - 1]);
    return new StoredChunk(first, end, AggrChunk.ENCODING, AggrChunk.encode(window.chunks));
  }

  private void begin() {
    count = 0;
    sum = 0;
    min = Double.POSITIVE_INFINITY;
    max = Double.NEGATIVE_INFINITY;
  }

  private void add(double value) {
    if (total == 0) {
      counter = value;
    } else {
      counter += value < last ? value : value - last;
    }
    last = value;
    sum += value;
    count++;
    total++;
    if (value < min) {
      min = value;
    }
    if (value > max) {
      max = value;
    }
  }

  private void finish(long time) {
    counts.append(time, (double) count);
    sums.append(time, sum);
    minima.append(time, min);
    maxima.append(time, max);
    counters.append(time, counter);
  }
}
