package io.oriel.wire.exposition;

import io.oriel.model.error.OrielException;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.model.number.GoFloat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The series of one classic histogram, gathered to become a native one with custom buckets.
public final class ClassicHistogram {
  private final TreeMap<Double, Double> cumulative = new TreeMap<>();
  private double count;
  private boolean hasCount;
  private double sum;
  private boolean hasSum;
  private boolean broken;

  /// Whether nothing was added.
  public boolean isEmpty() {
    return cumulative.isEmpty() && !hasCount && !hasSum;
  }

  /// Adds the value of `_count`.
  public void count(double value) {
    count = value;
    hasCount = true;
  }

  /// Adds the value of `_sum`.
  public void sum(double value) {
    sum = value;
    hasSum = true;
  }

  /// Adds the value of `_bucket` with label `le`.
  public void bucket(String le, double value) {
    try {
      bucket(GoFloat.parse(le), value);
    } catch (OrielException _) {
      broken = true;
    }
  }

  /// Adds a cumulative bucket with this inclusive upper bound.
  public void bucket(double upperBound, double value) {
    broken |= Double.isNaN(upperBound);
    cumulative.put(upperBound, value);
  }

  /// The native histogram; null when the parts contradict each other (buckets that shrink, a count
  /// below them, NaN) or there is neither count nor bucket.
  public @Nullable NativeHistogram toCustomBuckets() {
    if (broken || (cumulative.isEmpty() && !hasCount)) {
      return null;
    }
    Double infinite = cumulative.get(Double.POSITIVE_INFINITY);
    double total = hasCount ? count : cumulative.lastEntry().getValue();
    if (infinite != null && infinite > total) {
      return null;
    }
    cumulative.put(Double.POSITIVE_INFINITY, infinite == null ? total : infinite);
    List<Double> bounds = new ArrayList<>();
    double[] counts = new double[cumulative.size()];
    double before = 0;
    boolean integer = isWhole(total);
    int i = 0;
    for (Map.Entry<Double, Double> entry : cumulative.entrySet()) {
      double value = entry.getValue();
      if (!(value >= before)) {
        return null;
      }
      integer &= isWhole(value);
      counts[i++] = value - before;
      before = value;
      if (entry.getKey() != Double.POSITIVE_INFINITY) {
        bounds.add(entry.getKey());
      }
    }
    return NativeHistogram.builder()
        .schema(NativeHistogram.CUSTOM_BUCKETS)
        .count(total)
        .sum(sum)
        .positive(compact(counts))
        .customBounds(bounds.stream().mapToDouble(Double::doubleValue).toArray())
        .integer(integer)
        .build();
  }

  private static boolean isWhole(double value) {
    return value == Math.rint(value) && !Double.isInfinite(value);
  }

  /// Spans over the buckets that hold something.
  private static Buckets compact(double[] counts) {
    List<int[]> spans = new ArrayList<>();
    double[] kept = new double[counts.length];
    int n = 0;
    int gap = 0;
    boolean open = false;
    for (double count : counts) {
      if (count == 0) {
        gap++;
        open = false;
        continue;
      }
      if (!open) {
        spans.add(new int[] {gap, 0});
        gap = 0;
        open = true;
      }
      spans.getLast()[1]++;
      kept[n++] = count;
    }
    return Buckets.of(
        spans.stream().mapToInt(span -> span[0]).toArray(),
        spans.stream().mapToInt(span -> span[1]).toArray(),
        java.util.Arrays.copyOf(kept, n));
  }
}
