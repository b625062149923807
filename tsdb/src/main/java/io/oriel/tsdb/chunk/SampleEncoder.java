package io.oriel.tsdb.chunk;

import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.SampleColumns;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Encodes rows as chunks of at most 120 samples.
public final class SampleEncoder {
  private static final int FULL_SAMPLES = 120;

  private final List<EncodedChunk> done = new ArrayList<>();
  private @Nullable ChunkWriter open;
  private long min;
  private long max;

  private SampleEncoder() {}

  /// The chunks that hold {@code rows}, which are by time.
  public static List<EncodedChunk> encode(SampleColumns rows) {
    SampleEncoder encoder = new SampleEncoder();
    for (int i = 0; i < rows.size(); i++) {
      encoder.add(rows.timestamps()[i], rows.values()[i], rows.histogram(i));
    }
    encoder.seal();
    return encoder.done;
  }

  private void add(long time, double value, @Nullable NativeHistogram h) {
    ChunkWriter chunk = open;
    NativeHistogram.ResetHint reset = NativeHistogram.ResetHint.UNKNOWN;
    boolean fresh =
        chunk == null || chunk.count() >= FULL_SAMPLES || chunk.takesFloats() != (h == null);
    if (chunk != null && h != null && !chunk.takesFloats()) {
      ChunkWriter.Fit fit = chunk.fit(h);
      fresh |= fit != ChunkWriter.Fit.APPEND;
      if (fit == ChunkWriter.Fit.NEW_CHUNK_AFTER_RESET) {
        reset = NativeHistogram.ResetHint.RESET;
      }
    }
    if (fresh || chunk == null) {
      seal();
      chunk = h == null ? ChunkWriter.floats() : ChunkWriter.histograms(h, reset);
      open = chunk;
      min = time;
    }
    if (h == null) {
      chunk.append(time, value);
    } else {
      chunk.append(time, h);
    }
    max = time;
  }

  private void seal() {
    ChunkWriter chunk = open;
    if (chunk != null) {
      ByteBuffer data = ByteBuffer.wrap(Arrays.copyOf(chunk.bytes(), chunk.size()));
      done.add(new EncodedChunk(min, max, chunk.encoding(), data));
    }
  }
}
