package io.oriel.promql.script;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.HistogramArithmetic;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.Series;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One series in memory, its samples by time.
final class MemorySeries {
  /// What is known of one time; a start of zero is unknown.
  private record Point(SequenceValue value, long startMillis) {}

  private final Labels labels;
  private final TreeMap<Long, Point> points = new TreeMap<>();

  MemorySeries(Labels labels) {
    this.labels = labels;
  }

  Labels labels() {
    return labels;
  }

  void put(long timeMillis, SequenceValue value, long startMillis) {
    points.put(timeMillis, new Point(hinted(timeMillis, value), startMillis));
  }

  /// The value with the hint about resets that Prometheus' storage would give it: it only knows
  /// that there was none between samples of one chunk, and starts another chunk where layouts
  /// change.
  private SequenceValue hinted(long timeMillis, SequenceValue value) {
    NativeHistogram histogram = value.histogram();
    if (histogram == null
        || histogram.resetHint() == ResetHint.GAUGE
        || histogram.resetHint() == ResetHint.RESET) {
      return value;
    }
    Map.Entry<Long, Point> before = points.lowerEntry(timeMillis);
    NativeHistogram previous = before == null ? null : before.getValue().value().histogram();
    ResetHint hint = ResetHint.UNKNOWN;
    if (previous != null && previous.resetHint() != ResetHint.GAUGE && !previous.isStale()) {
      boolean sameLayout =
          previous.schema() == histogram.schema()
              && previous.sameCustomBounds(histogram)
              && previous.zeroThreshold() == histogram.zeroThreshold();
      NativeHistogram plain = HistogramArithmetic.withHint(histogram, ResetHint.UNKNOWN);
      if (sameLayout) {
        hint = HistogramArithmetic.isReset(previous, plain) ? ResetHint.RESET : ResetHint.NO_RESET;
      }
    }
    return new SequenceValue(
        false, 0, HistogramArithmetic.withHint(histogram, hint), value.hintGiven());
  }

  /// The samples between {@code min} and {@code max}, both inclusive.
  Series between(long min, long max) {
    return new Series() {
      @Override
      public Labels labels() {
        return labels;
      }

      @Override
      public void read(SampleColumns into) {
        for (Map.Entry<Long, Point> entry : points.subMap(min, true, max, true).entrySet()) {
          Point point = entry.getValue();
          NativeHistogram histogram = point.value().histogram();
          if (histogram != null) {
            into.add(entry.getKey(), histogram);
          } else {
            into.add(entry.getKey(), point.value().value());
          }
          if (point.startMillis() != 0) {
            into.markStart(point.startMillis());
          }
        }
      }

      @Override
      public List<EncodedChunk> chunks() {
        throw new UnsupportedOperationException("samples in memory are not encoded");
      }
    };
  }

  boolean isEmpty(long min, long max) {
    return min > max || points.subMap(min, true, max, true).isEmpty();
  }
}
