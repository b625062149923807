package io.oriel.wire.exposition;

import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;

/// The cumulative counts of a histogram with custom bounds.
final class BucketSums {
  private final double[] sums;

  BucketSums(NativeHistogram histogram) {
    sums = new double[histogram.customBoundCount() + 1];
    Buckets buckets = histogram.positive();
    int at = 0;
    int bucket = 0;
    for (int span = 0; span < buckets.spanCount(); span++) {
      at += buckets.spanOffset(span);
      for (int i = 0; i < buckets.spanLength(span); i++, at++, bucket++) {
        if (at >= 0 && at < sums.length) {
          sums[at] = buckets.count(bucket);
        }
      }
    }
    for (int i = 1; i < sums.length; i++) {
      sums[i] += sums[i - 1];
    }
  }

  /// The observations at or below custom bound {@code i}.
  double upTo(int i) {
    return sums[i];
  }
}
