package io.oriel.alerting.unittest;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.AppendOutcome;
import io.oriel.model.series.Appendable;
import io.oriel.model.series.Appender;
import io.oriel.model.series.Queryable;
import io.oriel.promql.script.MemoryStorage;
import io.oriel.promql.script.SequenceValue;
import io.oriel.promql.script.SeriesLine;
import java.util.ArrayList;
import java.util.List;

/// The series of one test: its input, up to the time that is reached, and what rules record.
final class TestStorage implements Appendable {
  private final MemoryStorage storage = new MemoryStorage();
  private final RuleTestFile.Test test;
  private int loaded;

  TestStorage(RuleTestFile.Test test) {
    this.test = test;
  }

  Queryable queryable() {
    return storage;
  }

  /// Adds the input's samples up to {@code timeMillis}, inclusive.
  void loadUntil(long timeMillis) {
    long steps = (timeMillis - test.startMillis()) / test.intervalMillis();
    for (; loaded <= steps; loaded++) {
      long time = test.startMillis() + loaded * test.intervalMillis();
      for (SeriesLine line : test.input()) {
        if (loaded < line.values().size()) {
          storage.add(line.labels(), time, line.values().get(loaded), 0);
        }
      }
    }
  }

  @Override
  public Appender appender() {
    return new Transaction();
  }

  private record Sample(Labels labels, long timeMillis, SequenceValue value) {}

  /// Keeps samples until they are committed.
  private final class Transaction implements Appender {
    private final List<Labels> series = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();

    @Override
    public long series(Labels labels) {
      series.add(labels);
      return series.size();
    }

    private AppendOutcome append(long ref, long timestampMillis, SequenceValue value) {
      samples.add(new Sample(series.get((int) ref - 1), timestampMillis, value));
      return AppendOutcome.APPENDED;
    }

    @Override
    public AppendOutcome append(long ref, long timestampMillis, double value) {
      return append(ref, timestampMillis, SequenceValue.of(value));
    }

    @Override
    public AppendOutcome append(long ref, long timestampMillis, NativeHistogram histogram) {
      return append(ref, timestampMillis, SequenceValue.of(histogram));
    }

    @Override
    public AppendOutcome appendStart(
        long ref, long timestampMillis, long startMillis, boolean histogram) {
      throw new UnsupportedOperationException("rules write no starts");
    }

    @Override
    public AppendOutcome append(long ref, Exemplar exemplar) {
      throw new UnsupportedOperationException("rules write no exemplars");
    }

    @Override
    public void metadata(long ref, MetricMetadata metadata) {
      throw new UnsupportedOperationException("rules write no metadata");
    }

    @Override
    public void commit() {
      samples.forEach(sample -> storage.add(sample.labels, sample.timeMillis, sample.value, 0));
      samples.clear();
    }

    @Override
    public void rollback() {
      samples.clear();
    }

    @Override
    public void close() {
      rollback();
    }
  }
}
