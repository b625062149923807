package io.oriel.tsdb.head;

import io.oriel.model.metric.NativeHistogram;
import io.oriel.tsdb.wal.RecordBuilder;
import io.oriel.tsdb.wal.Wal;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The samples of one transaction, as columns. Filled by the transaction's thread; {@link #settle},
/// {@link #log} and {@link #apply} run under the commit lock, in this order.
final class PendingSamples {
  private final Head head;
  private HeadSeries[] series = new HeadSeries[64];
  private long[] times = new long[64];
  private double[] values = new double[64];
  private @Nullable NativeHistogram @Nullable [] histograms;
  private int size;

  /** Means nothing; what is read for the cache goes here. */
  @SuppressWarnings("UnusedVariable")
  private int touched;

  /** Rows that are older than what their series has. */
  private @Nullable BitSet late;

  /** Rows that were overtaken since they were checked. */
  private @Nullable BitSet dropped;

  PendingSamples(Head head) {
    this.head = head;
  }

  void add(HeadSeries target, long time, double value, @Nullable NativeHistogram histogram) {
    if (size == times.length) {
      series = Arrays.copyOf(series, 2 * size);
      times = Arrays.copyOf(times, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
      if (histograms != null) {
        histograms = Arrays.copyOf(histograms, 2 * size);
      }
    }
    if (histogram != null) {
      if (histograms == null) {
        histograms = new NativeHistogram[times.length];
      }
      histograms[size] = histogram;
    }
    series[size] = target;
    times[size] = time;
    values[size++] = value;
  }

  private @Nullable NativeHistogram histogram(int i) {
    return histograms == null ? null : histograms[i];
  }

  /// Decides for every row whether it goes behind its series' newest sample, among the late ones,
  /// or nowhere because another transaction overtook it.
  void settle() {
    long oldest = head.minAppendTime();
    for (int i = 0; i < size; i++) {
      touched += series[i].touch();
    }
    for (int i = 0; i < size; i++) {
      HeadSeries target = present(i);
      if (target == null) {
        dropped = with(dropped, i);
        continue;
      }
      long newest = Math.max(target.lastTime(), target.claimed);
      if (times[i] >= newest && times[i] >= oldest) {
        target.claimed = times[i];
      } else if (head.late().takes(times[i], head.maxTime())) {
        late = with(late, i);
      } else {
        dropped = with(dropped, i);
      }
    }
    for (int i = 0; i < size; i++) {
      series[i].claimed = HeadSeries.NEVER;
    }
  }

  /// The row's series, made anew if it was collected since; null when a limit forbids that.
  private @Nullable HeadSeries present(int i) {
    HeadSeries target = series[i];
    if (!target.gone) {
      return target;
    }
    HeadSeries again = head.revive(target);
    if (again != null) {
      series[i] = again;
    }
    return again;
  }

  private static BitSet with(@Nullable BitSet rows, int row) {
    BitSet more = rows == null ? new BitSet() : rows;
    more.set(row);
    return more;
  }

  private boolean isDropped(int i) {
    return dropped != null && dropped.get(i);
  }

  private boolean isLate(int i) {
    return late != null && late.get(i);
  }

  boolean hasLate() {
    return late != null;
  }

  /// Adds the series that the log does not know yet, and notes that it will.
  void addUnlogged(List<HeadSeries> fresh) {
    for (int i = 0; i < size; i++) {
      if (!series[i].logged && !series[i].gone) {
        series[i].logged = true;
        fresh.add(series[i]);
      }
    }
  }

  /// Writes all samples but the overtaken ones.
  void log(Wal wal, RecordBuilder record) throws IOException {
    log(wal, record, false);
  }

  /// Writes the late samples, behind markers for what goes to disk to make room for them.
  void logLate(Wal log, RecordBuilder record) throws IOException {
    record.begin(RecordBuilder.Type.MMAP_MARKERS);
    long seenByAll = head.seenByAll();
    int full = LateSamples.FULL_SAMPLES;
    for (int i = 0; i < size; i++) {
      if (isLate(i)) {
        for (long reference : series[i].sealLate(head.files(), full, seenByAll)) {
          record.marker(series[i].ref, reference);
        }
      }
    }
    log.logIfAny(record);
    log(log, record, true);
  }

  private void log(Wal wal, RecordBuilder record, boolean onlyLate) throws IOException {
    record.begin(RecordBuilder.Type.SAMPLES);
    for (int i = 0; i < size; i++) {
      if (histogram(i) == null && !isDropped(i) && (!onlyLate || isLate(i))) {
        record.sample(series[i].ref, times[i], values[i]);
      }
    }
    wal.logIfAny(record);
    if (histograms == null) {
      return;
    }
    RecordBuilder.Type open = null;
    for (int i = 0; i < size; i++) {
      NativeHistogram h = histogram(i);
      if (h == null || isDropped(i) || onlyLate && !isLate(i)) {
        continue;
      }
      RecordBuilder.Type type = RecordBuilder.Type.of(h);
      if (type != open) {
        if (open != null) {
          wal.logIfAny(record);
        }
        open = type;
        record.begin(type);
      }
      record.histogram(series[i].ref, times[i], h);
    }
    if (open != null) {
      wal.logIfAny(record);
    }
  }

  /// Makes the samples part of their series.
  void apply(Commit commitId) {
    int[] kept = new int[2];
    int[] keptLate = new int[2];
    for (int i = 0; i < size; i++) {
      int type = histogram(i) == null ? 0 : 1;
      if (isDropped(i)) {
        continue;
      }
      if (isLate(i)) {
        if (series[i].insertLate(commitId.id(), times[i], values[i], histogram(i))) {
          head.late().covers(times[i]);
          keptLate[type]++;
          kept[type]++;
        }
      } else if (append(commitId, i)) {
        kept[type]++;
      }
    }
    HeadFigures figures = head.figures();
    for (int type = 0; type < 2; type++) {
      figures.appended.add(type == 1, kept[type]);
      figures.appendedLate.add(type == 1, keptLate[type]);
    }
    figures.dropped.add(size - (long) kept[0] - kept[1]);
  }

  /// Returns whether the row is kept, or was there already.
  private boolean append(Commit commitId, int i) {
    HeadSeries target = series[i];
    if (times[i] == target.lastTime()) {
      return Double.doubleToRawLongBits(values[i]) == target.lastBits();
    }
    NativeHistogram h = histogram(i);
    if (h == null) {
      target.append(commitId, head.sealing(), times[i], values[i]);
    } else {
      target.append(commitId, head.sealing(), times[i], h);
    }
    head.covers(times[i]);
    return true;
  }

  /// Forgets the rows.
  void clear() {
    size = 0;
  }
}
