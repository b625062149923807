package io.oriel.metrics.scrape;

import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Makes native histograms coarser until they fit a job's limits.
final class HistogramLimits {
  private HistogramLimits() {}

  /// {@code histogram} with at most {@code maxBuckets} buckets (zero: any number) that grow by at
  /// least {@code minFactor} (zero: any).
  ///
  /// @throws ScrapeFailure when it cannot be made to fit
  static NativeHistogram fit(NativeHistogram histogram, long maxBuckets, double minFactor) {
    NativeHistogram now = histogram;
    if (!now.hasCustomBuckets()) {
      while (minFactor > 1
          && now.schema() > NativeHistogram.MIN_SCHEMA
          && Math.pow(2, Math.pow(2, -now.schema())) < minFactor) {
        now = halved(now);
      }
      while (maxBuckets > 0
          && buckets(now) > maxBuckets
          && now.schema() > NativeHistogram.MIN_SCHEMA) {
        now = halved(now);
      }
    }
    if (maxBuckets > 0 && buckets(now) > maxBuckets) {
      throw new ScrapeFailure("histogram bucket limit exceeded");
    }
    return now;
  }

  private static long buckets(NativeHistogram histogram) {
    return (long) histogram.positive().size() + histogram.negative().size();
  }

  /// The same observations with every two neighbouring buckets made one.
  private static NativeHistogram halved(NativeHistogram histogram) {
    return histogram.toBuilder()
        .schema(histogram.schema() - 1)
        .positive(halved(histogram.positive()))
        .negative(halved(histogram.negative()))
        .build();
  }

  private static Buckets halved(Buckets buckets) {
    List<int[]> spans = new ArrayList<>();
    double[] counts = new double[buckets.size()];
    int size = 0;
    int index = 0;
    int bucket = 0;
    int last = 0;
    for (int span = 0; span < buckets.spanCount(); span++) {
      index += buckets.spanOffset(span);
      for (int i = 0; i < buckets.spanLength(span); i++, index++, bucket++) {
        // Bucket n ends at base^n, so n and n+1 meet in the one that ends at the even bound.
        int target = Math.floorDiv(index + 1, 2);
        if (size > 0 && target == last) {
          counts[size - 1] += buckets.count(bucket);
          continue;
        }
        if (size > 0 && target == last + 1) {
          spans.getLast()[1]++;
        } else {
          spans.add(new int[] {size == 0 ? target : target - last - 1, 1});
        }
        counts[size++] = buckets.count(bucket);
        last = target;
      }
    }
    return Buckets.of(
        spans.stream().mapToInt(span -> span[0]).toArray(),
        spans.stream().mapToInt(span -> span[1]).toArray(),
        Arrays.copyOf(counts, size));
  }
}
