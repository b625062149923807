package io.oriel.promql.function;

import io.oriel.model.metric.HistogramBuckets;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.number.GoFloat;

/// Native histograms as Prometheus prints them: `{count:3, sum:5, (1,2]:3}`.
public final class HistogramText {
  private HistogramText() {}

  /// {@code histogram} with its populated buckets, lowest first.
  public static String of(NativeHistogram histogram) {
    StringBuilder out = new StringBuilder("{count:");
    out.append(GoFloat.formatShort(histogram.count())).append(", sum:");
    out.append(GoFloat.formatShort(histogram.sum()));
    HistogramBuckets buckets = HistogramBuckets.of(histogram);
    for (int i = 0; i < buckets.size(); i++) {
      if (buckets.count(i) == 0) {
        continue;
      }
      boolean lowerIn = buckets.isZero(i) || buckets.isNegative(i);
      boolean upperIn = !buckets.isNegative(i);
      out.append(", ").append(lowerIn ? '[' : '(');
      out.append(GoFloat.formatShort(buckets.lower(i))).append(',');
      out.append(GoFloat.formatShort(buckets.upper(i))).append(upperIn ? ']' : ')');
      out.append(':').append(GoFloat.formatShort(buckets.count(i)));
    }
    return out.append('}').toString();
  }
}
