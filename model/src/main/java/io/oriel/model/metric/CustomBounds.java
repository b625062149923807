package io.oriel.model.metric;

import java.util.Arrays;

/// Brings buckets with different custom bounds to the bounds they share.
final class CustomBounds {
  private CustomBounds() {}

  static double[] intersect(double[] a, double[] b) {
    double[] shared = new double[Math.min(a.length, b.length)];
    int n = 0;
    for (int i = 0, j = 0; i < a.length && j < b.length; ) {
      if (a[i] == b[j]) {
        shared[n++] = a[i];
        i++;
        j++;
      } else if (a[i] < b[j]) {
        i++;
      } else {
        j++;
      }
    }
    return Arrays.copyOf(shared, n);
  }

  /// The buckets of {@code line}, counted by the coarser bounds {@code to}; what lies above the
  /// last of them goes to the `+Inf` bucket.
  static BucketLine map(BucketLine line, double[] from, double[] to) {
    BucketLine mapped = new BucketLine(line.size);
    int target = 0;
    for (int i = 0; i < line.size; i++) {
      int bucket = line.index[i];
      if (bucket >= from.length) {
        target = to.length;
      } else {
        while (target < to.length && to[target] < from[bucket]) {
          target++;
        }
      }
      mapped.increaseLast(target, line.count[i], line.lost[i]);
    }
    return mapped;
  }
}
