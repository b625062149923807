package io.oriel.promql.function;

import java.util.Arrays;

/// Quantiles of plain numbers.
public final class Quantile {
  private Quantile() {}

  /// The {@code q} quantile of the first {@code size} values, which are sorted on the way; NaN
  /// counts as smallest. Interpolates linearly; infinite outside 0…1, NaN without values.
  public static double of(double q, double[] values, int size) {
    if (size == 0 || Double.isNaN(q)) {
      return Double.NaN;
    }
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    Arrays.sort(values, 0, size);
    int nans = 0;
    while (nans < size && Double.isNaN(values[size - 1 - nans])) {
      nans++;
    }
    double rank = q * (size - 1);
    int lower = (int) Math.max(0, Math.floor(rank));
    int upper = Math.min(size - 1, lower + 1);
    double weight = rank - Math.floor(rank);
    return at(values, size, nans, lower) * (1 - weight) + at(values, size, nans, upper) * weight;
  }

  /// Java sorts NaN last, PromQL first.
  private static double at(double[] values, int size, int nans, int i) {
    return i < nans ? values[size - 1] : values[i - nans];
  }
}
