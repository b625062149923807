package io.oriel.tsdb.head;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.tsdb.wal.RecordVisitor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Builds the head from its log, record by record. Samples that a chunk on disk has already are
/// skipped. Keeps nothing but the head itself and the references of series that the log names
/// twice.
final class HeadReplay implements RecordVisitor, AutoCloseable {
  private final Head head;
  private final long minValidMillis;
  private final ChunksFound found;
  private final Map<Long, HeadSeries> secondNames = new HashMap<>();
  private final ReplayWorkers workers;
  private long[] covered = {};
  private long highestRef;

  HeadReplay(Head head, ChunksFound found, long minValidMillis) {
    this.head = head;
    this.workers = new ReplayWorkers(head);
    this.found = found;
    this.highestRef = found.highestSeries();
    this.minValidMillis = minValidMillis;
  }

  int highestRef() {
    return (int) highestRef;
  }

  /// Returns when all that was told is in place.
  void finish() throws IOException {
    workers.finish();
  }

  @Override
  public void close() {
    workers.close();
  }

  private void cover(int ref, long time) {
    if (ref >= covered.length) {
      int known = covered.length;
      covered = Arrays.copyOf(covered, ref + (ref >> 1) + 1);
      Arrays.fill(covered, known, covered.length, HeadSeries.NEVER);
    }
    covered[ref] = time;
  }

  private void seen(long ref) {
    if (ref > highestRef) {
      if (ref > Integer.MAX_VALUE) {
        throw new OrielException(
            Kind.CORRUPT, "series reference: got " + ref + ", want at most " + Integer.MAX_VALUE);
      }
      highestRef = ref;
    }
  }

  @Nullable HeadSeries find(long ref) {
    seen(ref);
    HeadSeries known = head.table.get(ref);
    return known != null ? known : secondNames.get(ref);
  }

  @Override
  public void series(long ref, Labels labels) {
    seen(ref);
    HeadSeries restored = head.restore(labels, (int) ref);
    if (restored.ref != ref) {
      secondNames.put(ref, restored);
    }
    if (!restored.logged) {
      restored.restore(found.inOrder(ref), found.late(ref));
      if (restored.lastTime() != HeadSeries.NEVER) {
        cover(restored.ref, restored.lastTime());
        head.covers(restored.firstTime());
        head.covers(restored.lastTime());
      }
      if (restored.lastLate() != HeadSeries.NEVER) {
        head.late().covers(restored.firstLate());
        head.late().covers(restored.lastLate());
      }
    }
    restored.logged = true;
  }

  /// Until when the chunks on disk have the samples of a series.
  private long coveredUntil(long ref) {
    return ref >= 0 && ref < covered.length ? covered[(int) ref] : HeadSeries.NEVER;
  }

  @Override
  public void samples(long[] refs, long[] timestampsMillis, double[] values, int count) {
    for (int i = 0; i < count; i++) {
      add(refs[i], timestampsMillis[i], values[i], null);
    }
  }

  @Override
  public void sample(long ref, long timestampMillis, double value) {
    add(ref, timestampMillis, value, null);
  }

  @Override
  public void histogram(long ref, long timestampMillis, NativeHistogram histogram) {
    add(ref, timestampMillis, histogram.sum(), histogram);
  }

  private void add(long ref, long time, double value, @Nullable NativeHistogram histogram) {
    if (time < minValidMillis || time < coveredUntil(ref)) {
      return;
    }
    seen(ref);
    HeadSeries second = secondNames.isEmpty() ? null : secondNames.get(ref);
    try {
      workers.add(second == null ? (int) ref : second.ref, time, value, histogram);
    } catch (InterruptedIOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void exemplar(long ref, Exemplar exemplar) {
    HeadSeries series = find(ref);
    if (series != null) {
      head.ring.add(series.labels, exemplar);
    }
  }

  @Override
  public void metadata(long ref, MetricMetadata metadata) {
    HeadSeries series = find(ref);
    if (series != null) {
      head.metadata.put(series.ref, metadata);
    }
  }

  @Override
  public void tombstone(long ref, long minMillis, long maxMillis) {
    HeadSeries series = find(ref);
    if (series != null) {
      head.bury(series.ref, minMillis, maxMillis);
    }
  }

  @Override
  public void unknown(int type) {
    head.replayLosses().unknownRecord();
  }
}
