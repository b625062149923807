package io.oriel.promql.function;

import java.util.Arrays;

/// The cumulative buckets of one classic histogram at one step. Reused from step to step; not
/// thread-safe.
public final class ClassicBuckets {
  private static final double SMALL_DELTA = 1e-12;

  private double[] bounds = new double[16];
  private double[] counts = new double[16];
  private int size;
  private boolean forced;
  private double minForced;
  private double maxForced;
  private double maxDifference;

  /// Forgets all buckets.
  public void clear() {
    size = 0;
    forced = false;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /// Adds a bucket; buckets come in any order.
  public void add(double upperBound, double count) {
    if (size == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * size);
      counts = Arrays.copyOf(counts, 2 * size);
    }
    int at = size++;
    while (at > 0 && bounds[at - 1] > upperBound) {
      bounds[at] = bounds[at - 1];
      counts[at] = counts[at - 1];
      at--;
    }
    bounds[at] = upperBound;
    counts[at] = count;
  }

  /// Whether the last quantile needed counts to be raised, because they fell from one bucket to the
  /// next.
  public boolean wasForced() {
    return forced;
  }

  /// Where and how much counts were raised.
  public Monotonicity.Fix fix(long timeMillis) {
    return new Monotonicity.Fix(timeMillis, minForced, maxForced, maxDifference);
  }

  /// `histogram_quantile`: linear interpolation in the bucket that the rank falls into.
  public double quantile(double q) {
    forced = false;
    if (Double.isNaN(q)) {
      return Double.NaN;
    }
    if (q < 0 || q > 1) {
      return q < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    if (bounds[size - 1] != Double.POSITIVE_INFINITY) {
      return Double.NaN;
    }
    coalesce();
    makeMonotonic();
    if (size < 2 || counts[size - 1] == 0 || Double.isNaN(counts[size - 1])) {
      return Double.NaN;
    }
    double rank = q * counts[size - 1];
    int bucket = 0;
    while (bucket < size - 1 && !(counts[bucket] >= rank)) {
      bucket++;
    }
    if (bucket == size - 1) {
      return bounds[size - 2];
    }
    if (bucket == 0 && bounds[0] <= 0) {
      return bounds[0];
    }
    double start = bucket == 0 ? 0 : bounds[bucket - 1];
    double below = bucket == 0 ? 0 : counts[bucket - 1];
    return start + (bounds[bucket] - start) * ((rank - below) / (counts[bucket] - below));
  }

  /// `histogram_fraction`: the share of observations between {@code lower} and {@code upper}.
  public double fraction(double lower, double upper) {
    if (bounds[size - 1] != Double.POSITIVE_INFINITY) {
      return Double.NaN;
    }
    coalesce();
    double total = counts[size - 1];
    if (total == 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
      return Double.NaN;
    }
    if (lower >= upper) {
      return 0;
    }
    return (rank(upper, total) - rank(lower, total)) / total;
  }

  private double rank(double value, double total) {
    double rank = 0;
    double lower = bounds[0] <= 0 ? Double.NEGATIVE_INFINITY : 0;
    for (int i = 0; i < size; i++) {
      if (i > 0) {
        lower = bounds[i - 1];
      }
      if (lower >= value) {
        return Math.min(rank, total);
      }
      if (bounds[i] > value) {
        double inside =
            lower == Double.NEGATIVE_INFINITY
                ? counts[i]
                : rank + (counts[i] - rank) * (value - lower) / (bounds[i] - lower);
        return Math.min(inside, total);
      }
      rank = counts[i];
    }
    return total;
  }

  private void coalesce() {
    int kept = 0;
    for (int i = 1; i < size; i++) {
      if (bounds[i] == bounds[kept]) {
        counts[kept] += counts[i];
      } else {
        kept++;
        bounds[kept] = bounds[i];
        counts[kept] = counts[i];
      }
    }
    size = kept + 1;
  }

  private void makeMonotonic() {
    minForced = Double.POSITIVE_INFINITY;
    maxForced = Double.NEGATIVE_INFINITY;
    maxDifference = 0;
    double previous = counts[0];
    for (int i = 1; i < size; i++) {
      double current = counts[i];
      if (current == previous) {
        continue;
      }
      if (isAlmost(previous, current)) {
        counts[i] = previous;
        continue;
      }
      if (current < previous) {
        counts[i] = previous;
        forced = true;
        minForced = Math.min(minForced, bounds[i]);
        maxForced = Math.max(maxForced, bounds[i]);
        maxDifference = Math.max(maxDifference, previous - current);
        continue;
      }
      previous = current;
    }
  }

  private static boolean isAlmost(double a, double b) {
    double sum = Math.abs(a) + Math.abs(b);
    double difference = Math.abs(a - b);
    if (a == 0 || b == 0 || sum < Double.MIN_NORMAL) {
      return difference < SMALL_DELTA * Double.MIN_NORMAL;
    }
    return difference / Math.min(sum, Double.MAX_VALUE) < SMALL_DELTA;
  }
}
