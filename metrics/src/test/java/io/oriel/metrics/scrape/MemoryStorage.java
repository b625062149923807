package io.oriel.metrics.scrape;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.series.AppendOutcome;
import io.oriel.model.series.Appendable;
import io.oriel.model.series.Appender;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A storage that remembers what was committed, line by line, and refuses what a real one refuses.
final class MemoryStorage implements Appendable {
  private final Map<Labels, Long> refs = new HashMap<>();
  private final Map<Long, Labels> names = new HashMap<>();
  private final Map<Long, Long> newest = new HashMap<>();
  private final Map<Long, Double> newestValue = new HashMap<>();
  private final List<String> committed = new ArrayList<>();
  private int resolved;

  /// What was committed since the last call: `labels value @time`.
  synchronized List<String> drain() {
    List<String> lines = List.copyOf(committed);
    committed.clear();
    return lines;
  }

  /// How often labels were resolved to a reference.
  synchronized int resolved() {
    return resolved;
  }

  /// Forgets every reference, as a head does when it collects old series.
  synchronized void forgetSeries() {
    refs.clear();
    names.clear();
  }

  @Override
  public Appender appender() {
    return new Transaction();
  }

  private final class Transaction implements Appender {
    private final List<String> lines = new ArrayList<>();
    private boolean open = true;

    @Override
    public long series(Labels labels) {
      synchronized (MemoryStorage.this) {
        resolved++;
        long ref = refs.computeIfAbsent(labels, _ -> 1000L + resolved);
        names.put(ref, labels);
        return ref;
      }
    }

    @Override
    public AppendOutcome append(long ref, long timestampMillis, double value) {
      String text = StaleMarker.is(value) ? "stale" : Double.toString(value);
      return note(ref, timestampMillis, value, text);
    }

    @Override
    public AppendOutcome append(long ref, long timestampMillis, NativeHistogram histogram) {
      return note(ref, timestampMillis, histogram.count(), "histogram " + histogram.count());
    }

    private AppendOutcome note(long ref, long time, double value, String text) {
      synchronized (MemoryStorage.this) {
        Labels labels = names.get(ref);
        if (labels == null) {
          return AppendOutcome.UNKNOWN_SERIES;
        }
        long last = newest.getOrDefault(ref, Long.MIN_VALUE);
        if (time < last) {
          return AppendOutcome.OUT_OF_ORDER;
        }
        if (time == last && newestValue.getOrDefault(ref, 0.0) != value && !StaleMarker.is(value)) {
          return AppendOutcome.DUPLICATE_TIMESTAMP;
        }
        newest.put(ref, time);
        newestValue.put(ref, value);
        lines.add(labels + " " + text + " @" + time);
        return AppendOutcome.APPENDED;
      }
    }

    @Override
    public AppendOutcome appendStart(
        long ref, long timestampMillis, long startMillis, boolean histogram) {
      lines.add(names.get(ref) + " start @" + startMillis);
      return AppendOutcome.APPENDED;
    }

    @Override
    public AppendOutcome append(long ref, Exemplar exemplar) {
      lines.add(names.get(ref) + " exemplar " + exemplar.labels());
      return AppendOutcome.APPENDED;
    }

    @Override
    public void metadata(long ref, MetricMetadata metadata) {
      lines.add(names.get(ref) + " is a " + metadata.type());
    }

    @Override
    public void commit() {
      synchronized (MemoryStorage.this) {
        if (!open) {
          throw new IllegalStateException("commit of a closed transaction");
        }
        open = false;
        committed.addAll(lines);
      }
    }

    @Override
    public void rollback() {
      open = false;
    }

    @Override
    public void close() {
      open = false;
    }
  }
}
