package io.oriel.tsdb.head;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.EncodedChunk;
import io.oriel.tsdb.chunk.ChunkWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One series in memory: sealed chunks and the open one. Written under the commit lock and its own
/// monitor, read under its monitor.
final class HeadSeries {
  static final long NEVER = Long.MIN_VALUE;
  private static final EncodedChunk[] NO_CHUNKS = {};
  private static final int FULL_SAMPLES = 120;
  private static final int FULL_BYTES = 1024;
  private static final int FULL_HISTOGRAM_BYTES = 8192;

  final int ref;
  final Labels labels;

  /** Whether an appender that has not ended yet asked for the series; keeps it from collection. */
  volatile boolean wanted;

  volatile boolean gone;

  /** Whether the log says what the reference stands for; guarded by the head's commit lock. */
  boolean logged;

  @GuardedBy("this")
  private EncodedChunk[] sealed = NO_CHUNKS;

  @GuardedBy("this")
  private @Nullable ChunkWriter open;

  @GuardedBy("this")
  private long openMin;

  @GuardedBy("this")
  private long lastTime = NEVER;

  @GuardedBy("this")
  private long lastBits;

  @GuardedBy("this")
  private boolean lastIsHistogram;

  /** The newest commit that some reader may not see yet, and its first time here. */
  @GuardedBy("this")
  private long commit;

  @GuardedBy("this")
  private long commitFirstTime;

  /** Earlier commits that some reader may not see either: commit, first time, commit … */
  @GuardedBy("this")
  private long @Nullable [] hidden;

  HeadSeries(int ref, Labels labels) {
    this.ref = ref;
    this.labels = labels;
  }

  synchronized long lastTime() {
    return lastTime;
  }

  synchronized long lastBits() {
    return lastBits;
  }

  synchronized boolean endsWithHistogram() {
    return lastIsHistogram;
  }

  /// Appends a float that is newer than the last sample. Returns whether a chunk was begun.
  synchronized boolean append(Commit commitId, long time, double value, long rangeMillis) {
    ChunkWriter chunk = open;
    boolean fresh =
        chunk == null
            || !chunk.takesFloats()
            || chunk.count() >= FULL_SAMPLES
            || chunk.size() > FULL_BYTES
            || Math.floorDiv(openMin, rangeMillis) != Math.floorDiv(time, rangeMillis);
    if (fresh || chunk == null) {
      seal();
      chunk = ChunkWriter.floats();
      begin(chunk, time);
    }
    chunk.append(time, value);
    appended(commitId.id(), commitId.seenByAll(), time);
    lastBits = Double.doubleToRawLongBits(value);
    lastIsHistogram = false;
    return fresh;
  }

  /// Appends a histogram that is newer than the last sample. Returns whether a chunk was begun.
  synchronized boolean append(Commit commitId, long time, NativeHistogram h, long rangeMillis) {
    ChunkWriter chunk = open;
    NativeHistogram.ResetHint reset = NativeHistogram.ResetHint.UNKNOWN;
    boolean fresh =
        chunk == null
            || chunk.takesFloats()
            || chunk.count() >= FULL_SAMPLES
            || chunk.size() > FULL_HISTOGRAM_BYTES
            || Math.floorDiv(openMin, rangeMillis) != Math.floorDiv(time, rangeMillis);
    if (chunk != null && !chunk.takesFloats()) {
      ChunkWriter.Fit fit = chunk.fit(h);
      if (fit == ChunkWriter.Fit.NEW_CHUNK_AFTER_RESET) {
        reset = NativeHistogram.ResetHint.RESET;
      }
      fresh |= fit != ChunkWriter.Fit.APPEND;
    }
    if (fresh || chunk == null) {
      seal();
      chunk = ChunkWriter.histograms(h, reset);
      begin(chunk, time);
    }
    chunk.append(time, h);
    appended(commitId.id(), commitId.seenByAll(), time);
    lastBits = Double.doubleToRawLongBits(h.sum());
    lastIsHistogram = true;
    return fresh;
  }

  @GuardedBy("this")
  private void begin(ChunkWriter chunk, long time) {
    open = chunk;
    openMin = time;
  }

  @GuardedBy("this")
  private void seal() {
    EncodedChunk full = openSnapshot();
    if (full != null) {
      sealed = Arrays.copyOf(sealed, sealed.length + 1);
      sealed[sealed.length - 1] = full;
      open = null;
    }
  }

  @GuardedBy("this")
  private @Nullable EncodedChunk openSnapshot() {
    ChunkWriter chunk = open;
    if (chunk == null || chunk.count() == 0) {
      return null;
    }
    ByteBuffer data = ByteBuffer.wrap(Arrays.copyOf(chunk.bytes(), chunk.size()));
    return new EncodedChunk(openMin, lastTime, chunk.encoding(), data);
  }

  @GuardedBy("this")
  private void appended(long commitId, long seenByAll, long time) {
    if (commit != commitId) {
      if (commit <= seenByAll) {
        hidden = null;
      } else {
        long[] old = hidden == null ? new long[0] : hidden;
        hidden = Arrays.copyOf(old, old.length + 2);
        hidden[old.length] = commit;
        hidden[old.length + 1] = commitFirstTime;
      }
      commit = commitId;
      commitFirstTime = time;
    }
    lastTime = time;
  }

  /// The time from which on a reader that sees commits up to {@code visible} sees nothing.
  synchronized long hiddenFrom(long visible) {
    for (int i = 0; hidden != null && i < hidden.length; i += 2) {
      if (hidden[i] > visible) {
        return hidden[i + 1];
      }
    }
    return commit > visible ? commitFirstTime : Long.MAX_VALUE;
  }

  /// The chunks that overlap a range, both ends inclusive, by time.
  synchronized List<EncodedChunk> chunks(long min, long max) {
    List<EncodedChunk> found = new ArrayList<>();
    for (EncodedChunk chunk : sealed) {
      if (chunk.minMillis() <= max && chunk.maxMillis() >= min) {
        found.add(chunk);
      }
    }
    if (open != null && openMin <= max && lastTime >= min) {
      EncodedChunk last = openSnapshot();
      if (last != null) {
        found.add(last);
      }
    }
    return found;
  }

  synchronized boolean overlaps(long min, long max) {
    if (lastTime < min || lastTime == NEVER) {
      return false;
    }
    long first = sealed.length > 0 ? sealed[0].minMillis() : openMin;
    return first <= max;
  }

  /// Forgets chunks that end before {@code min}; returns how many.
  synchronized int truncate(long min) {
    int drop = 0;
    while (drop < sealed.length && sealed[drop].maxMillis() < min) {
      drop++;
    }
    if (drop > 0) {
      sealed = Arrays.copyOfRange(sealed, drop, sealed.length);
    }
    if (open != null && lastTime < min) {
      open = null;
      drop++;
    }
    return drop;
  }

  synchronized boolean isEmpty() {
    return sealed.length == 0 && open == null;
  }

  synchronized int chunkCount() {
    return sealed.length + (open == null ? 0 : 1);
  }

  /// The time of its oldest sample, or the largest number when it has none.
  synchronized long firstTime() {
    return sealed.length > 0 ? sealed[0].minMillis() : open != null ? openMin : Long.MAX_VALUE;
  }
}
