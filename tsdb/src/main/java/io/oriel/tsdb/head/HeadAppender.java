package io.oriel.tsdb.head;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.series.AppendOutcome;
import io.oriel.model.series.Appender;
import io.oriel.tsdb.wal.RecordBuilder;
import io.oriel.tsdb.wal.Wal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A transaction on the head: columns of samples that are checked when they come, written and
/// applied together.
final class HeadAppender implements Appender {
  private record SeriesExemplar(HeadSeries series, Exemplar exemplar) {}

  private record SeriesMetadata(HeadSeries series, MetricMetadata metadata) {}

  private final Head head;
  private final long minTime;
  private final List<HeadSeries> touched = new ArrayList<>();
  private final List<SeriesExemplar> exemplars = new ArrayList<>();
  private final List<SeriesMetadata> metadata = new ArrayList<>();
  private HeadSeries[] series = new HeadSeries[64];
  private long[] times = new long[64];
  private double[] values = new double[64];
  private @Nullable NativeHistogram @Nullable [] histograms;
  private int size;
  private boolean ended;

  HeadAppender(Head head) {
    this.head = head;
    this.minTime = head.minAppendTime();
  }

  @Override
  public long series(Labels labels) {
    if (labels.isEmpty()) {
      throw OrielException.invalid("series: got no labels, want at least one");
    }
    HeadSeries found = head.findOrCreate(labels);
    if (found == null) {
      return NO_SERIES;
    }
    touched.add(found);
    return found.ref;
  }

  @Override
  public AppendOutcome append(long ref, long timestampMillis, double value) {
    HeadSeries found = head.table.get(ref);
    if (found == null) {
      return AppendOutcome.UNKNOWN_SERIES;
    }
    if (StaleMarker.is(value) && found.endsWithHistogram()) {
      return append(
          ref, timestampMillis, NativeHistogram.builder().sum(value).integer(true).build());
    }
    AppendOutcome outcome = check(found, timestampMillis, Double.doubleToRawLongBits(value));
    if (outcome == AppendOutcome.APPENDED) {
      add(found, timestampMillis, value);
    }
    return outcome;
  }

  private AppendOutcome check(HeadSeries found, long time, long bits) {
    if (time < minTime) {
      return AppendOutcome.OUT_OF_BOUNDS;
    }
    long last = found.lastTime();
    if (time > last) {
      return AppendOutcome.APPENDED;
    }
    if (time < last) {
      return AppendOutcome.OUT_OF_ORDER;
    }
    return bits == found.lastBits() ? AppendOutcome.APPENDED : AppendOutcome.DUPLICATE_TIMESTAMP;
  }

  private void add(HeadSeries found, long time, double value) {
    if (size == times.length) {
      series = Arrays.copyOf(series, 2 * size);
      times = Arrays.copyOf(times, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
      if (histograms != null) {
        histograms = Arrays.copyOf(histograms, 2 * size);
      }
    }
    found.wanted = true;
    series[size] = found;
    times[size] = time;
    values[size++] = value;
  }

  @Override
  public AppendOutcome append(long ref, long timestampMillis, NativeHistogram histogram) {
    HeadSeries found = head.table.get(ref);
    if (found == null) {
      return AppendOutcome.UNKNOWN_SERIES;
    }
    if (!HistogramCheck.isConsistent(histogram)) {
      return AppendOutcome.INVALID_HISTOGRAM;
    }
    AppendOutcome outcome =
        check(found, timestampMillis, Double.doubleToRawLongBits(histogram.sum()));
    if (outcome == AppendOutcome.APPENDED) {
      add(found, timestampMillis, histogram.sum());
      if (histograms == null) {
        histograms = new NativeHistogram[times.length];
      }
      histograms[size - 1] = histogram;
    }
    return outcome;
  }

  @Override
  public AppendOutcome appendStart(
      long ref, long timestampMillis, long startMillis, boolean histogram) {
    HeadSeries found = head.table.get(ref);
    if (found == null) {
      return AppendOutcome.UNKNOWN_SERIES;
    }
    if (startMillis >= timestampMillis || startMillis <= found.lastTime()) {
      return AppendOutcome.INVALID_START;
    }
    return histogram
        ? append(
            ref,
            startMillis,
            NativeHistogram.builder().integer(true).resetHint(ResetHint.RESET).build())
        : append(ref, startMillis, 0.0);
  }

  @Override
  public AppendOutcome append(long ref, Exemplar exemplar) {
    HeadSeries found = head.table.get(ref);
    if (found == null) {
      return AppendOutcome.UNKNOWN_SERIES;
    }
    if (!head.ring.takes(found.labels, exemplar)) {
      return AppendOutcome.STALE_EXEMPLAR;
    }
    found.wanted = true;
    exemplars.add(new SeriesExemplar(found, exemplar));
    return AppendOutcome.APPENDED;
  }

  @Override
  public void metadata(long ref, MetricMetadata update) {
    HeadSeries found = head.table.get(ref);
    if (found != null && !update.equals(head.metadata.get(found.ref))) {
      found.wanted = true;
      metadata.add(new SeriesMetadata(found, update));
    }
  }

  @Override
  public void commit() throws IOException {
    if (ended) {
      throw OrielException.bug("transaction ended already");
    }
    try {
      head.commit(this);
    } finally {
      end();
    }
  }

  /// Writes the transaction to the log; called under the commit lock.
  void log(Wal wal) throws IOException {
    RecordBuilder record = new RecordBuilder();
    logSeries(wal, record);
    record.begin(RecordBuilder.Type.METADATA);
    for (SeriesMetadata update : metadata) {
      record.metadata(update.series().ref, update.metadata());
    }
    write(wal, record);
    logSamples(wal, record);
    record.begin(RecordBuilder.Type.EXEMPLARS);
    for (SeriesExemplar update : exemplars) {
      record.exemplar(update.series().ref, update.exemplar());
    }
    write(wal, record);
  }

  /// A reference may come from a transaction that was rolled back, so every series is asked whether
  /// the log knows it.
  private void logSeries(Wal wal, RecordBuilder record) throws IOException {
    List<HeadSeries> fresh = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      if (!series[i].logged) {
        fresh.add(series[i]);
      }
    }
    exemplars.forEach(update -> addUnlogged(update.series(), fresh));
    metadata.forEach(update -> addUnlogged(update.series(), fresh));
    record.begin(RecordBuilder.Type.SERIES);
    for (HeadSeries unknown : fresh) {
      record.series(unknown.ref, unknown.labels);
    }
    write(wal, record);
    fresh.forEach(known -> known.logged = true);
  }

  private static void addUnlogged(HeadSeries candidate, List<HeadSeries> fresh) {
    if (!candidate.logged) {
      fresh.add(candidate);
    }
  }

  private void logSamples(Wal wal, RecordBuilder record) throws IOException {
    record.begin(RecordBuilder.Type.SAMPLES);
    for (int i = 0; i < size; i++) {
      if (histogram(i) == null) {
        record.sample(series[i].ref, times[i], values[i]);
      }
    }
    write(wal, record);
    if (histograms == null) {
      return;
    }
    RecordBuilder.Type open = null;
    for (int i = 0; i < size; i++) {
      NativeHistogram h = histogram(i);
      if (h != null) {
        RecordBuilder.Type type = RecordBuilder.Type.of(h);
        if (type != open) {
          if (open != null) {
            write(wal, record);
          }
          open = type;
          record.begin(type);
        }
        record.histogram(series[i].ref, times[i], h);
      }
    }
    write(wal, record);
  }

  private static void write(Wal wal, RecordBuilder record) throws IOException {
    if (!record.isEmpty()) {
      wal.log(record);
    }
  }

  private @Nullable NativeHistogram histogram(int i) {
    return histograms == null ? null : histograms[i];
  }

  /// Makes the transaction part of the series; called under the commit lock.
  void apply(Commit commitId) {
    long range = head.options.blockMillis();
    int dropped = 0;
    for (int i = 0; i < size; i++) {
      HeadSeries target = series[i];
      if (target.gone || times[i] < target.lastTime()) {
        dropped++;
        continue;
      }
      if (times[i] == target.lastTime()) {
        dropped += Double.doubleToRawLongBits(values[i]) == target.lastBits() ? 0 : 1;
        continue;
      }
      NativeHistogram h = histogram(i);
      if (h == null) {
        target.append(commitId, times[i], values[i], range);
      } else {
        target.append(commitId, times[i], h, range);
      }
      head.covers(times[i]);
    }
    for (SeriesExemplar update : exemplars) {
      head.ring.add(update.series().labels, update.exemplar());
    }
    for (SeriesMetadata update : metadata) {
      head.metadata.put(update.series().ref, update.metadata());
    }
    head.count(size - (long) dropped, dropped);
  }

  @Override
  public void rollback() {
    end();
  }

  private void end() {
    ended = true;
    for (HeadSeries asked : touched) {
      asked.wanted = false;
    }
    for (int i = 0; i < size; i++) {
      series[i].wanted = false;
    }
    size = 0;
  }

  @Override
  public void close() {
    if (!ended) {
      rollback();
    }
  }
}
