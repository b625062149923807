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

/// Builds the head from its log, record by record; keeps nothing but the head itself and the
/// references of series that the log names twice.
final class HeadReplay implements RecordVisitor {
  private final Head head;
  private final long minValidMillis;
  private final Map<Long, HeadSeries> secondNames = new HashMap<>();
  private long highestRef;

  HeadReplay(Head head, long minValidMillis) {
    this.head = head;
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

  private @Nullable HeadSeries find(long ref) {
    seen(ref);
    HeadSeries found = head.table.get(ref);
    return found != null ? found : secondNames.get(ref);
  }

  @Override
  public void series(long ref, Labels labels) {
    seen(ref);
    HeadSeries restored = head.restore(labels, (int) ref);
    restored.logged = true;
    if (restored.ref != ref) {
      secondNames.put(ref, restored);
    }
  }

  @Override
  public void sample(long ref, long timestampMillis, double value) {
    HeadSeries series = find(ref);
    if (series != null
        && timestampMillis >= minValidMillis
        && timestampMillis > series.lastTime()) {
      series.append(Commit.RESTORED, timestampMillis, value, head.options.blockMillis());
      head.covers(timestampMillis);
    }
  }

  @Override
  public void histogram(long ref, long timestampMillis, NativeHistogram histogram) {
    HeadSeries series = find(ref);
    if (series != null
        && timestampMillis >= minValidMillis
        && timestampMillis > series.lastTime()) {
      series.append(Commit.RESTORED, timestampMillis, histogram, head.options.blockMillis());
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
