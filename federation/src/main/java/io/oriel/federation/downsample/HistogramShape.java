package io.oriel.federation.downsample;

import io.oriel.model.error.OrielException;
import io.oriel.model.metric.HistogramAccumulator;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.SampleColumns;

/// The schema and the zero bucket that all histograms of a chunk can be brought to.
///
/// @param schema the coarsest among them
/// @param zeroThreshold the widest among them, or wider where that would cut a bucket in two
record HistogramShape(int schema, double zeroThreshold) {
  /** A zero bucket that widens at all widens to a bucket's bound, of which there are few. */
  private static final int ROUNDS = 16;

  /// The shape of rows {@code from} to {@code to}, exclusive.
  static HistogramShape of(SampleColumns rows, int from, int to) {
    int schema = Integer.MAX_VALUE;
    double threshold = 0;
    for (int i = from; i < to; i++) {
      schema = Math.min(schema, row(rows, i).schema());
      threshold = Math.max(threshold, row(rows, i).zeroThreshold());
    }
    HistogramShape shape = new HistogramShape(schema, threshold);
    for (int round = 0; round < ROUNDS; round++) {
      double wider = shape.zeroThreshold;
      for (int i = from; i < to; i++) {
        wider = Math.max(wider, shape.fit(row(rows, i)).zeroThreshold());
      }
      if (wider == shape.zeroThreshold) {
        return shape;
      }
      shape = new HistogramShape(schema, wider);
    }
    throw OrielException.bug("zero buckets do not meet: " + shape);
  }

  static NativeHistogram row(SampleColumns rows, int i) {
    NativeHistogram histogram = rows.histogram(i);
    if (histogram == null) {
      throw OrielException.bug("float among histograms");
    }
    return histogram;
  }

  /// The histogram in this shape, with counts that are not integers.
  NativeHistogram fit(NativeHistogram histogram) {
    if (histogram.hasCustomBuckets()
        || histogram.schema() == schema && histogram.zeroThreshold() == zeroThreshold) {
      return histogram.isInteger() ? histogram.toBuilder().integer(false).build() : histogram;
    }
    NativeHistogram empty =
        NativeHistogram.builder()
            .schema(schema)
            .zero(zeroThreshold, 0)
            .resetHint(histogram.resetHint())
            .build();
    HistogramAccumulator fitted = new HistogramAccumulator(empty);
    fitted.add(histogram, 1);
    return fitted.build();
  }
}
