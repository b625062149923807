package io.oriel.tsdb.head;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.tsdb.wal.RecordVisitor;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Builds the head from its log, record by record. Samples that a chunk on disk has already are
/// skipped. Keeps nothing but the head itself and the references of series that the log names
/// twice.
final class HeadReplay implements RecordVisitor {
  private final Head head;
  private final long minValidMillis;
  private final ChunksFound found;
  private final Map<Long, HeadSeries> secondNames = new HashMap<>();
  private long highestRef;

  HeadReplay(Head head, ChunksFound found, long minValidMillis) {
    this.head = head;
    this.found = found;
    this.highestRef = found.highestSeries();
    this.minValidMillis = minValidMillis;
  }

  int highestRef() {
    return (int) highestRef;
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

  private boolean isNew(HeadSeries series, long time, long bits, boolean histogram) {
    if (time < minValidMillis) {
      return false;
    }
    long last = series.lastTime();
    if (time == last) {
      series.restoreLast(bits, histogram);
    }
    return time > last;
  }

  @Override
  public void sample(long ref, long timestampMillis, double value) {
    HeadSeries series = find(ref);
    if (series != null
        && isNew(series, timestampMillis, Double.doubleToRawLongBits(value), false)) {
      series.append(Commit.RESTORED, head.sealing(), timestampMillis, value);
      head.covers(timestampMillis);
    }
  }

  @Override
  public void histogram(long ref, long timestampMillis, NativeHistogram histogram) {
    HeadSeries series = find(ref);
    if (series != null
        && isNew(series, timestampMillis, Double.doubleToRawLongBits(histogram.sum()), true)) {
      series.append(Commit.RESTORED, head.sealing(), timestampMillis, histogram);
      head.covers(timestampMillis);
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
}
