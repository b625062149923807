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
import java.util.List;

/// A transaction on the head: columns of samples that are checked when they come, written and
/// applied together.
final class HeadAppender implements Appender {
  private record SeriesExemplar(HeadSeries series, Exemplar exemplar) {}

  private record SeriesMetadata(HeadSeries series, MetricMetadata metadata) {}

  private final Head head;
  private final boolean durable;
  private final long minTime;
  private final List<HeadSeries> asked = new ArrayList<>();
  private final List<SeriesExemplar> exemplars = new ArrayList<>();
  private final List<SeriesMetadata> metadata = new ArrayList<>();
  private final PendingSamples samples;

  /** The series that this transaction's log records name. */
  private List<HeadSeries> named = List.of();

  private boolean ended;

  /** Means nothing; what is read for the cache goes here. */
  @SuppressWarnings("UnusedVariable")
  private int touched;

  HeadAppender(Head head, boolean durable) {
    this.head = head;
    this.durable = durable;
    this.minTime = head.minAppendTime();
    this.samples = new PendingSamples(head);
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
    asked.add(found);
    return found.ref;
  }

  /// Reads what the samples will need while nothing else is done: these reads wait for memory
  /// together, between the parsing of two samples each would wait alone.
  @Override
  public void prepare(long[] refs, int from, int to) {
    for (int i = from; i < to; i++) {
      HeadSeries found = head.table.get(refs[i]);
      touched += found == null ? 0 : found.touch();
    }
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
    AppendOutcome outcome = check(found, timestampMillis, Double.doubleToRawLongBits(value), false);
    if (outcome == AppendOutcome.APPENDED) {
      samples.add(found, timestampMillis, value, null);
    }
    return outcome;
  }

  private AppendOutcome check(HeadSeries found, long time, long bits, boolean histogram) {
    if (time >= minTime) {
      long last = found.lastTime();
      if (time > last) {
        return AppendOutcome.APPENDED;
      }
      if (time == last) {
        return bits == found.lastBits() && histogram == found.endsWithHistogram()
            ? AppendOutcome.APPENDED
            : AppendOutcome.DUPLICATE_TIMESTAMP;
      }
    }
    LateIngestion late = head.late();
    if (late.takes(time, head.maxTime())) {
      return AppendOutcome.APPENDED;
    }
    AppendOutcome refusal =
        late.isOn()
            ? AppendOutcome.TOO_OLD
            : time < minTime ? AppendOutcome.OUT_OF_BOUNDS : AppendOutcome.OUT_OF_ORDER;
    return head.figures().refused(refusal, histogram);
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
        check(found, timestampMillis, Double.doubleToRawLongBits(histogram.sum()), true);
    if (outcome == AppendOutcome.APPENDED) {
      samples.add(found, timestampMillis, histogram.sum(), histogram);
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
  public AppendOutcome appendEnd(long ref, long timestampMillis) {
    HeadSeries found = head.table.get(ref);
    if (found != null && timestampMillis < Math.max(minTime, found.lastTime())) {
      return AppendOutcome.OUT_OF_ORDER;
    }
    return append(ref, timestampMillis, StaleMarker.VALUE);
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
    exemplars.add(new SeriesExemplar(found, exemplar));
    return AppendOutcome.APPENDED;
  }

  @Override
  public void metadata(long ref, MetricMetadata update) {
    HeadSeries found = head.table.get(ref);
    if (found != null && !update.equals(head.metadata.get(found.ref))) {
      metadata.add(new SeriesMetadata(found, update));
    }
  }

  @Override
  public void commit() throws IOException {
    if (ended) {
      throw OrielException.bug("transaction ended already");
    }
    try {
      head.commit(this, durable);
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
    wal.logIfAny(record);
    samples.log(wal, record);
    record.begin(RecordBuilder.Type.EXEMPLARS);
    for (SeriesExemplar update : exemplars) {
      record.exemplar(update.series().ref, update.exemplar());
    }
    wal.logIfAny(record);
  }

  /// A reference may come from a transaction that was rolled back, so every series is asked whether
  /// the log knows it.
  private void logSeries(Wal wal, RecordBuilder record) throws IOException {
    List<HeadSeries> fresh = new ArrayList<>();
    named = fresh;
    samples.addUnlogged(fresh);
    exemplars.forEach(update -> addUnlogged(update.series(), fresh));
    metadata.forEach(update -> addUnlogged(update.series(), fresh));
    record.begin(RecordBuilder.Type.SERIES);
    for (HeadSeries unknown : fresh) {
      record.series(unknown.ref, unknown.labels);
    }
    wal.logIfAny(record);
  }

  private static void addUnlogged(HeadSeries candidate, List<HeadSeries> fresh) {
    if (!candidate.logged && !candidate.gone) {
      candidate.logged = true;
      fresh.add(candidate);
    }
  }

  /// The log did not take the transaction, so it does not know its series either; called under the
  /// commit lock.
  void forgetNames() {
    named.forEach(unknown -> unknown.logged = false);
  }

  PendingSamples samples() {
    return samples;
  }

  /// Makes the transaction part of the series; called under the commit lock.
  void apply(Commit commitId) {
    samples.apply(commitId);
    for (SeriesExemplar update : exemplars) {
      head.ring.add(update.series().labels, update.exemplar());
    }
    for (SeriesMetadata update : metadata) {
      if (!update.series().gone) {
        head.metadata.put(update.series().ref, update.metadata());
      }
    }
  }

  @Override
  public void rollback() {
    end();
  }

  private void end() {
    ended = true;
    for (HeadSeries series : asked) {
      series.wanted = false;
    }
    samples.clear();
  }

  @Override
  public void close() {
    if (!ended) {
      rollback();
    }
  }
}
