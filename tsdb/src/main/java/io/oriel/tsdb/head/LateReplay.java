package io.oriel.tsdb.head;

import io.oriel.model.metric.NativeHistogram;
import io.oriel.tsdb.wal.RecordVisitor;
import org.jspecify.annotations.Nullable;

/// Restores what came out of order from its log, after the head's own log said which series there
/// are.
final class LateReplay implements RecordVisitor {
  private final Head head;
  private final HeadReplay names;

  LateReplay(Head head, HeadReplay names) {
    this.head = head;
    this.names = names;
  }

  @Override
  public void sample(long ref, long timestampMillis, double value) {
    insert(ref, timestampMillis, value, null);
  }

  @Override
  public void histogram(long ref, long timestampMillis, NativeHistogram histogram) {
    insert(ref, timestampMillis, histogram.sum(), histogram);
  }

  private void insert(long ref, long time, double value, @Nullable NativeHistogram histogram) {
    HeadSeries series = names.find(ref);
    if (series != null && series.insertLate(0, time, value, histogram)) {
      head.late().covers(time);
    }
  }

  /// A marker for a chunk that was lost is passed over: its samples were told before.
  @Override
  public void marker(long ref, long chunk) {
    HeadSeries series = names.find(ref);
    if (series != null) {
      series.restoreLateSeal(chunk);
    }
  }

  @Override
  public void unknown(int type) {
    head.replayLosses().unknownRecord();
  }
}
