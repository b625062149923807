package io.oriel.tsdb.head;

import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;

/// Whether a histogram can be what it says: no negative counts, and buckets that add up to the
/// count (to at most the count where NaN was observed).
final class HistogramCheck {
  private static final double TOLERANCE = 1e-12;

  private HistogramCheck() {}

  static boolean isConsistent(NativeHistogram h) {
    if (h.isStale()) {
      return true;
    }
    boolean exponential =
        h.schema() >= NativeHistogram.MIN_SCHEMA && h.schema() <= NativeHistogram.MAX_SCHEMA;
    if (!exponential && !h.hasCustomBuckets()) {
      return false;
    }
    double positive = sum(h.positive());
    double negative = sum(h.negative());
    if (positive < 0 || negative < 0 || h.zeroCount() < 0 || h.count() < 0) {
      return false;
    }
    double total = positive + negative + h.zeroCount();
    double slack = h.isInteger() ? 0 : TOLERANCE * Math.max(total, h.count());
    boolean sawNan = Double.isNaN(h.sum());
    return sawNan ? total <= h.count() + slack : Math.abs(total - h.count()) <= slack;
  }

  /// The sum of all counts, or a negative number when one is negative or spans go back.
  private static double sum(Buckets buckets) {
    for (int i = 1; i < buckets.spanCount(); i++) {
      if (buckets.spanOffset(i) < 0) {
        return -1;
      }
    }
    double sum = 0;
    for (int i = 0; i < buckets.size(); i++) {
      if (!(buckets.count(i) >= 0)) {
        return -1;
      }
      sum += buckets.count(i);
    }
    return sum;
  }
}
