package io.oriel.tsdb.head;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.chunk.ChunkWriter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One series of the head: where its full chunks are, the open one, and what came out of order.
/// Written under the commit lock and its own monitor, read under its monitor.
final class HeadSeries {
  static final long NEVER = Long.MIN_VALUE;

  /** Without the full fence of a volatile write, which every sample would pay. */
  private static final VarHandle LAST_TIME = lastTimeHandle();

  private static final long[] NO_REFERENCES = {};
  private static final int FULL_SAMPLES = 120;
  private static final int FULL_BYTES = 1024;
  private static final int FULL_HISTOGRAM_BYTES = 8192;

  final int ref;
  final Labels labels;

  /**
   * Whether an appender that has not ended yet asked for the reference; keeps it from collection.
   * One that had it from before does not say so: its samples make the series anew.
   */
  volatile boolean wanted;

  volatile boolean gone;

  /** Whether the log says what the reference stands for; guarded by the head's commit lock. */
  boolean logged;

  /** The newest time that the transaction being committed adds; guarded by the commit lock. */
  long claimed = NEVER;

  @GuardedBy("this")
  private ChunkRefs full = ChunkRefs.NONE;

  @GuardedBy("this")
  private @Nullable LateSamples late;

  @GuardedBy("this")
  private @Nullable ChunkWriter open;

  @GuardedBy("this")
  private long openMin;

  /** The open chunk takes no sample of this time or later. */
  @GuardedBy("this")
  private long openEnd;

  /** Written under this monitor, read by anyone, through {@link #LAST_TIME}. */
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

  private static VarHandle lastTimeHandle() {
    try {
      return MethodHandles.lookup().findVarHandle(HeadSeries.class, "lastTime", long.class);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("HeadSeries.lastTime", e);
    }
  }

  long lastTime() {
    return (long) LAST_TIME.getAcquire(this);
  }

  /// As {@link ChunkWriter#touch}, of the series and its open chunk. Takes no lock: what it returns
  /// means nothing, and a chunk that is being written meanwhile does not mind.
  @SuppressWarnings("GuardedBy")
  int touch() {
    ChunkWriter chunk = open;
    return chunk == null ? 0 : chunk.touch();
  }

  synchronized long lastBits() {
    return lastBits;
  }

  synchronized boolean endsWithHistogram() {
    return lastIsHistogram;
  }

  /// Appends a float that is newer than the last sample. Returns whether a chunk was begun.
  synchronized boolean append(Commit commitId, Sealing sealing, long time, double value) {
    ChunkWriter chunk = open;
    boolean fresh =
        chunk == null
            || !chunk.takesFloats()
            || chunk.count() >= FULL_SAMPLES
            || chunk.size() > FULL_BYTES
            || time >= openEnd;
    if (fresh || chunk == null) {
      seal(sealing.files());
      chunk = ChunkWriter.floats();
      begin(chunk, time, sealing.endOfBlock(time));
    }
    chunk.append(time, value);
    appended(commitId.id(), commitId.seenByAll(), time);
    lastBits = Double.doubleToRawLongBits(value);
    lastIsHistogram = false;
    return fresh;
  }

  /// Appends a histogram that is newer than the last sample. Returns whether a chunk was begun.
  synchronized boolean append(Commit commitId, Sealing sealing, long time, NativeHistogram h) {
    ChunkWriter chunk = open;
    NativeHistogram.ResetHint reset = NativeHistogram.ResetHint.UNKNOWN;
    boolean fresh =
        chunk == null
            || chunk.takesFloats()
            || chunk.count() >= FULL_SAMPLES
            || chunk.size() > FULL_HISTOGRAM_BYTES
            || time >= openEnd;
    if (chunk != null && !chunk.takesFloats()) {
      ChunkWriter.Fit fit = chunk.fit(h);
      if (fit == ChunkWriter.Fit.NEW_CHUNK_AFTER_RESET) {
        reset = NativeHistogram.ResetHint.RESET;
      }
      fresh |= fit != ChunkWriter.Fit.APPEND;
    }
    if (fresh || chunk == null) {
      seal(sealing.files());
      chunk = ChunkWriter.histograms(h, reset);
      begin(chunk, time, sealing.endOfBlock(time));
    }
    chunk.append(time, h);
    appended(commitId.id(), commitId.seenByAll(), time);
    lastBits = Double.doubleToRawLongBits(h.sum());
    lastIsHistogram = true;
    return fresh;
  }

  @GuardedBy("this")
  private void begin(ChunkWriter chunk, long time, long end) {
    open = chunk;
    openMin = time;
    openEnd = end;
  }

  @GuardedBy("this")
  private void seal(HeadChunkFiles files) {
    EncodedChunk chunk = openSnapshot();
    if (chunk != null) {
      full = full.with(files.append(ref, chunk, 0), chunk.minMillis(), chunk.maxMillis());
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
    LAST_TIME.setRelease(this, time);
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

  /// The chunks that overlap a range, both ends inclusive, by time; without what came out of order.
  synchronized List<EncodedChunk> chunks(HeadChunkFiles files, long min, long max) {
    List<EncodedChunk> found = full.load(files, min, max);
    if (open != null && openMin <= max && lastTime >= min) {
      EncodedChunk last = openSnapshot();
      if (last != null) {
        found.add(last);
      }
    }
    return found;
  }

  /// The samples that came out of order, by time: those of a range, both ends inclusive, that a
  /// reader sees who sees commits up to {@code visible}. Null when there are none.
  synchronized @Nullable SampleColumns late(
      HeadChunkFiles files, long visible, long min, long max) {
    LateSamples some = late;
    return some == null || !some.overlaps(min, max) ? null : some.read(files, visible, min, max);
  }

  /// Takes a sample that came out of order. Returns false when there is one of that time.
  synchronized boolean insertLate(
      long commitId, long time, double value, @Nullable NativeHistogram h) {
    LateSamples some = late;
    if (some == null) {
      some = new LateSamples(ref);
      late = some;
    }
    return some.insert(commitId, time, value, h);
  }

  /// Puts the late samples in memory on disk if there are {@code least} or more; returns the
  /// references of their chunks.
  ///
  /// @param seenByAll commits up to this one are seen by every open reader
  synchronized long[] sealLate(HeadChunkFiles files, int least, long seenByAll) {
    LateSamples some = late;
    return some == null || some.inMemory() < least ? NO_REFERENCES : some.seal(files, seenByAll);
  }

  /// The log says that a chunk on disk has the late samples that it told before.
  synchronized void restoreLateSeal(long reference) {
    LateSamples some = late;
    if (some != null && some.hasChunk(reference)) {
      some.forgetRun();
    }
  }

  synchronized boolean overlapsLate(long min, long max) {
    return late != null && late.overlaps(min, max);
  }

  /// The oldest late time, or the largest number when there is none.
  synchronized long firstLate() {
    return late == null ? Long.MAX_VALUE : late.minTime();
  }

  /// The newest late time, or the smallest number when there is none.
  synchronized long lastLate() {
    return late == null ? Long.MIN_VALUE : late.maxTime();
  }

  synchronized boolean overlaps(long min, long max) {
    boolean inOrder = lastTime >= min && lastTime != NEVER && firstTime() <= max;
    return inOrder || late != null && late.overlaps(min, max);
  }

  /// Forgets chunks that end before {@code min}; returns how many.
  synchronized int truncate(long min) {
    int before = full.size();
    full = full.from(min);
    int drop = before - full.size();
    if (open != null && lastTime < min) {
      open = null;
      drop++;
    }
    return drop;
  }

  /// Forgets the out-of-order chunks up to {@code reference}.
  synchronized void truncateLate(long reference) {
    LateSamples some = late;
    if (some != null && some.truncate(reference)) {
      late = null;
    }
  }

  /// Takes over chunks that are on disk already, when the head is opened.
  synchronized void restore(ChunkRefs chunks, ChunkRefs lateChunks) {
    full = chunks;
    if (chunks.size() > 0) {
      LAST_TIME.setRelease(this, Math.max(lastTime, chunks.lastMax()));
    }
    if (lateChunks.size() > 0) {
      late = new LateSamples(ref);
      late.restore(lateChunks);
    }
  }

  /// Notes the value of the newest sample, which is in a chunk already.
  synchronized void restoreLast(long bits, boolean histogram) {
    lastBits = bits;
    lastIsHistogram = histogram;
  }

  /// The newest chunk of late samples on disk, or zero.
  synchronized long lastLateReference() {
    return late == null ? 0 : late.lastReference();
  }

  synchronized boolean isEmpty() {
    return full.size() == 0 && open == null && late == null;
  }

  synchronized int chunkCount() {
    return full.size() + (open == null ? 0 : 1) + (late == null ? 0 : late.chunkCount());
  }

  /// The time of its oldest sample in order, or the largest number when it has none.
  synchronized long firstTime() {
    return full.size() > 0 ? full.firstMin() : open != null ? openMin : Long.MAX_VALUE;
  }

  /// The number of the oldest chunk file it needs; the largest number when it needs none.
  synchronized int oldestFile() {
    int oldest = full.oldestFile();
    return late == null ? oldest : Math.min(oldest, late.oldestFile());
  }
}
