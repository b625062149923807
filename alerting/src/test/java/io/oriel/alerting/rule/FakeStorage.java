package io.oriel.alerting.rule;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.series.AppendOutcome;
import io.oriel.model.series.Appendable;
import io.oriel.model.series.Appender;
import java.util.ArrayList;
import java.util.List;

/// Remembers committed samples as text, one line each, in order.
final class FakeStorage implements Appendable {
  final List<String> lines = new ArrayList<>();
  private final List<Labels> series = new ArrayList<>();

  /// The lines since the last call.
  List<String> drain() {
    List<String> drained = new ArrayList<>(lines);
    lines.clear();
    return drained;
  }

  private synchronized Labels labels(long ref) {
    return series.get((int) ref - 1);
  }

  private synchronized void commit(List<String> transaction) {
    lines.addAll(transaction);
  }

  @Override
  public Appender appender() {
    return new Appender() {
      private final List<String> pending = new ArrayList<>();

      @Override
      public long series(Labels labels) {
        synchronized (FakeStorage.this) {
          series.add(labels);
          return series.size();
        }
      }

      @Override
      public AppendOutcome append(long ref, long timestampMillis, double value) {
        String text = StaleMarker.is(value) ? "stale" : Double.toString(value);
        pending.add(labels(ref) + " " + text + " @" + timestampMillis);
        return AppendOutcome.APPENDED;
      }

      @Override
      public AppendOutcome append(long ref, long timestampMillis, NativeHistogram histogram) {
        return append(ref, timestampMillis, histogram.count());
      }

      @Override
      public AppendOutcome appendStart(
          long ref, long timestampMillis, long startMillis, boolean histogram) {
        throw new AssertionError("rules write no start timestamps");
      }

      @Override
      public AppendOutcome append(long ref, Exemplar exemplar) {
        throw new AssertionError("rules write no exemplars");
      }

      @Override
      public void metadata(long ref, MetricMetadata metadata) {
        throw new AssertionError("rules write no metadata");
      }

      @Override
      public void commit() {
        FakeStorage.this.commit(pending);
      }

      @Override
      public void rollback() {
        pending.clear();
      }

      @Override
      public void close() {
        pending.clear();
      }
    };
  }
}
