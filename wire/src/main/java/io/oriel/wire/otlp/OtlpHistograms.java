package io.oriel.wire.otlp;

import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.oriel.model.error.OrielException;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.wire.exposition.ClassicHistogram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// OpenTelemetry's histograms as native ones.
final class OtlpHistograms {
  private static final double DEFAULT_ZERO_THRESHOLD = 1e-128;

  private OtlpHistograms() {}

  /// @throws OrielException of kind INVALID when it is coarser than native histograms can be
  static NativeHistogram exponential(ExponentialHistogramDataPoint point) {
    int scale = point.getScale();
    if (scale < NativeHistogram.MIN_SCHEMA) {
      throw OrielException.invalid(
          "exponential histogram scale: got " + scale + ", want at least -4");
    }
    int shrink = Math.max(0, scale - NativeHistogram.MAX_SCHEMA);
    double threshold =
        point.getZeroThreshold() == 0 ? DEFAULT_ZERO_THRESHOLD : point.getZeroThreshold();
    return NativeHistogram.builder()
        .schema(scale - shrink)
        .count(unsigned(point.getCount()))
        .sum(point.getSum())
        .zero(threshold, unsigned(point.getZeroCount()))
        .positive(buckets(point.getPositive(), shrink))
        .negative(buckets(point.getNegative(), shrink))
        .integer(true)
        .build();
  }

  /// OpenTelemetry's bucket i starts at base^i, ours ends at base^i: one further. Finer scales than
  /// ours are folded, 2^{@code shrink} buckets into one.
  private static Buckets buckets(ExponentialHistogramDataPoint.Buckets from, int shrink) {
    List<int[]> spans = new ArrayList<>();
    double[] counts = new double[from.getBucketCountsCount()];
    int size = 0;
    long last = 0;
    for (int i = 0; i < from.getBucketCountsCount(); i++) {
      double count = unsigned(from.getBucketCounts(i));
      long index = (((long) from.getOffset() + i) >> Math.min(shrink, 62)) + 1;
      if (count == 0) {
        continue;
      }
      if (size > 0 && index == last) {
        counts[size - 1] += count;
        continue;
      }
      if (size > 0 && index == last + 1) {
        spans.getLast()[1]++;
      } else {
        spans.add(new int[] {(int) (size == 0 ? index : index - last - 1), 1});
      }
      counts[size++] = count;
      last = index;
    }
    return Buckets.of(
        spans.stream().mapToInt(span -> span[0]).toArray(),
        spans.stream().mapToInt(span -> span[1]).toArray(),
        Arrays.copyOf(counts, size));
  }

  /// @throws OrielException of kind INVALID when the point contradicts itself
  static NativeHistogram custom(HistogramDataPoint point) {
    ClassicHistogram classic = new ClassicHistogram();
    double cumulative = 0;
    for (int i = 0; i < point.getBucketCountsCount(); i++) {
      cumulative += unsigned(point.getBucketCounts(i));
      boolean last = i >= point.getExplicitBoundsCount();
      classic.bucket(last ? Double.POSITIVE_INFINITY : point.getExplicitBounds(i), cumulative);
    }
    classic.count(unsigned(point.getCount()));
    classic.sum(point.getSum());
    NativeHistogram converted = classic.toCustomBuckets();
    if (converted == null) {
      throw OrielException.invalid("histogram contradicts itself");
    }
    return converted;
  }

  static double unsigned(long count) {
    return count >= 0 ? count : (count >>> 1) * 2.0 + (count & 1);
  }
}
