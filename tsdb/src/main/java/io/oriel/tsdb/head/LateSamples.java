package io.oriel.tsdb.head;

import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.chunk.RowOrder;
import io.oriel.tsdb.chunk.SampleEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The samples of one series that came out of order: a sorted run in memory, and full chunks on
/// disk that may overlap one another. Guarded by the series' monitor.
///
/// Of several samples of one time the first that came is kept within the run, and wins among
/// chunks.
final class LateSamples {
  /** The run is sealed before a transaction adds to it when it has so many samples. */
  static final int FULL_SAMPLES = 32;

  /** What a reader sees who sees every commit. */
  static final long EVERYTHING = Long.MAX_VALUE;

  private final int series;
  private long[] times = new long[4];
  private double[] values = new double[4];
  private long[] commits = new long[4];
  private @Nullable NativeHistogram @Nullable [] histograms;
  private int size;
  private ChunkRefs full = ChunkRefs.NONE;

  /** Of the chunks with samples that some reader may not see yet. */
  private List<Hidden> hidden = List.of();

  /// When the samples of a chunk were committed.
  private static final class Hidden {
    private final long[] references;
    private final long[] times;
    private final long[] commits;

    Hidden(long[] references, long[] times, long[] commits) {
      this.references = references;
      this.times = times;
      this.commits = commits;
    }

    boolean hasChunk(long reference) {
      return Arrays.stream(references).anyMatch(each -> each == reference);
    }

    boolean isNewerThan(long reference) {
      return Arrays.stream(references).anyMatch(each -> each > reference);
    }

    /// Whether some of it was committed after {@code commit}.
    boolean isBehind(long commit) {
      return Arrays.stream(commits).anyMatch(each -> each > commit);
    }

    /// Adds the rows of {@code chunk}, which is of it, that a reader sees.
    void addVisible(SampleColumns chunk, long visible, SampleColumns into) {
      for (int i = 0; i < chunk.size(); i++) {
        int at = Arrays.binarySearch(times, chunk.timestamps()[i]);
        if (commits[at] <= visible) {
          into.addRow(chunk, i);
        }
      }
    }
  }

  LateSamples(int series) {
    this.series = series;
  }

  int inMemory() {
    return size;
  }

  int chunkCount() {
    return full.size() + (size > 0 ? 1 : 0);
  }

  /// Adds a sample. Returns false when there is one of that time in the run.
  boolean insert(long commit, long time, double value, @Nullable NativeHistogram histogram) {
    int at = size == 0 || time > times[size - 1] ? size : Arrays.binarySearch(times, 0, size, time);
    if (at >= 0 && at < size) {
      return false;
    }
    at = at < 0 ? -at - 1 : at;
    if (size == times.length) {
      grow();
    }
    int behind = size - at;
    System.arraycopy(times, at, times, at + 1, behind);
    System.arraycopy(values, at, values, at + 1, behind);
    System.arraycopy(commits, at, commits, at + 1, behind);
    if (histogram != null && histograms == null) {
      histograms = new NativeHistogram[times.length];
    }
    if (histograms != null) {
      System.arraycopy(histograms, at, histograms, at + 1, behind);
      histograms[at] = histogram;
    }
    times[at] = time;
    values[at] = value;
    commits[at] = commit;
    size++;
    return true;
  }

  private void grow() {
    int capacity = 2 * times.length;
    times = Arrays.copyOf(times, capacity);
    values = Arrays.copyOf(values, capacity);
    commits = Arrays.copyOf(commits, capacity);
    if (histograms != null) {
      histograms = Arrays.copyOf(histograms, capacity);
    }
  }

  /// Puts the run on disk. Returns the references of its chunks.
  ///
  /// @param seenByAll commits up to this one are seen by every open reader
  long[] seal(HeadChunkFiles files, long seenByAll) {
    SampleColumns run = new SampleColumns(Math.max(1, size));
    addRun(run, EVERYTHING, Long.MIN_VALUE, Long.MAX_VALUE);
    List<EncodedChunk> chunks = SampleEncoder.encode(run);
    long[] references = new long[chunks.size()];
    for (int i = 0; i < references.length; i++) {
      EncodedChunk chunk = chunks.get(i);
      references[i] = files.append(series, chunk, HeadChunkFiles.OUT_OF_ORDER);
      full = full.with(references[i], chunk.minMillis(), chunk.maxMillis());
    }
    hide(references, seenByAll);
    forgetRun();
    return references;
  }

  /// Keeps when the samples of the run were committed, until all readers see them.
  private void hide(long[] references, long seenByAll) {
    List<Hidden> still = new ArrayList<>(hidden);
    still.removeIf(old -> !old.isBehind(seenByAll));
    Hidden run = new Hidden(references, Arrays.copyOf(times, size), Arrays.copyOf(commits, size));
    if (run.isBehind(seenByAll)) {
      still.add(run);
    }
    hidden = List.copyOf(still);
  }

  /// Forgets the run: a chunk on disk has it.
  void forgetRun() {
    size = 0;
    times = new long[4];
    values = new double[4];
    commits = new long[4];
    histograms = null;
  }

  void restore(ChunkRefs chunks) {
    full = chunks;
  }

  boolean hasChunk(long reference) {
    for (int i = 0; i < full.size(); i++) {
      if (full.reference(i) == reference) {
        return true;
      }
    }
    return false;
  }

  boolean overlaps(long min, long max) {
    return size > 0 && times[0] <= max && times[size - 1] >= min || full.overlaps(min, max);
  }

  /// The samples of a range by time, each time once.
  SampleColumns read(HeadChunkFiles files, long visible, long min, long max) {
    SampleColumns rows = new SampleColumns();
    ChunkDecoder decoder = new ChunkDecoder();
    for (int i = 0; i < full.size(); i++) {
      if (full.min(i) <= max && full.max(i) >= min) {
        HeadChunkFiles.Stored chunk = files.chunk(full.reference(i));
        Hidden partly = partlyHidden(full.reference(i), visible);
        SampleColumns into = partly == null ? rows : new SampleColumns();
        decoder.decode(chunk.encoding(), chunk.data(), into, min, max);
        if (partly != null) {
          partly.addVisible(into, visible, rows);
        }
      }
    }
    addRun(rows, visible, min, max);
    return RowOrder.sorted(rows);
  }

  private @Nullable Hidden partlyHidden(long reference, long visible) {
    for (Hidden chunks : hidden) {
      if (chunks.isBehind(visible) && chunks.hasChunk(reference)) {
        return chunks;
      }
    }
    return null;
  }

  private void addRun(SampleColumns rows, long visible, long min, long max) {
    for (int i = 0; i < size; i++) {
      if (commits[i] <= visible && times[i] >= min && times[i] <= max) {
        NativeHistogram h = histograms == null ? null : histograms[i];
        if (h == null) {
          rows.add(times[i], values[i]);
        } else {
          rows.add(times[i], h);
        }
      }
    }
  }

  /// Forgets the chunks up to {@code reference}. Returns whether nothing is left.
  boolean truncate(long reference) {
    full = full.behind(reference);
    hidden = hidden.stream().filter(chunks -> chunks.isNewerThan(reference)).toList();
    return full.size() == 0 && size == 0;
  }

  long lastReference() {
    return full.size() == 0 ? 0 : full.reference(full.size() - 1);
  }

  int oldestFile() {
    return full.oldestFile();
  }

  /// The oldest time, or the largest number when there is none.
  long minTime() {
    long min = size > 0 ? times[0] : Long.MAX_VALUE;
    for (int i = 0; i < full.size(); i++) {
      min = Math.min(min, full.min(i));
    }
    return min;
  }

  /// The newest time, or the smallest number when there is none.
  long maxTime() {
    long max = size > 0 ? times[size - 1] : Long.MIN_VALUE;
    for (int i = 0; i < full.size(); i++) {
      max = Math.max(max, full.max(i));
    }
    return max;
  }
}
