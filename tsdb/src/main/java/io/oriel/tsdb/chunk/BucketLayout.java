package io.oriel.tsdb.chunk;

import io.oriel.model.metric.NativeHistogram.Buckets;
import java.util.Arrays;

/// Which buckets one side of a chunk's histograms has: their indices, ascending. Immutable.
record BucketLayout(Indices indices) {
  /// The indices as a value; never changes.
  static final class Indices {
    private final int[] all;

    private Indices(int[] all) {
      this.all = all;
    }

    int get(int i) {
      return all[i];
    }

    int size() {
      return all.length;
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Indices other && Arrays.equals(all, other.all);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(all);
    }
  }

  static BucketLayout of(Buckets buckets) {
    int[] all = new int[buckets.size()];
    int n = 0;
    int index = 0;
    for (int span = 0; span < buckets.spanCount(); span++) {
      index += buckets.spanOffset(span);
      for (int i = 0; i < buckets.spanLength(span); i++) {
        all[n++] = index++;
      }
    }
    return new BucketLayout(new Indices(all));
  }

  int size() {
    return indices.size();
  }

  /// The buckets of both.
  BucketLayout union(BucketLayout other) {
    int[] merged = new int[size() + other.size()];
    int n = 0;
    int i = 0;
    int k = 0;
    while (i < size() || k < other.size()) {
      if (k == other.size() || (i < size() && indices.get(i) < other.indices.get(k))) {
        merged[n++] = indices.get(i++);
      } else if (i == size() || indices.get(i) > other.indices.get(k)) {
        merged[n++] = other.indices.get(k++);
      } else {
        merged[n++] = indices.get(i++);
        k++;
      }
    }
    return new BucketLayout(new Indices(Arrays.copyOf(merged, n)));
  }

  /// The counts of {@code buckets} in this layout, which has all of its buckets; zero where it has
  /// none.
  double[] counts(Buckets buckets) {
    BucketLayout own = of(buckets);
    double[] counts = new double[size()];
    int k = 0;
    for (int i = 0; i < own.size(); i++) {
      while (indices.get(k) != own.indices.get(i)) {
        k++;
      }
      counts[k] = buckets.count(i);
    }
    return counts;
  }

  /// How many spans there are when neighbours share one.
  int spanCount() {
    int spans = 0;
    for (int i = 0; i < size(); i++) {
      if (i == 0 || indices.get(i) != indices.get(i - 1) + 1) {
        spans++;
      }
    }
    return spans;
  }

  void write(BitWriter out) {
    out.varbitUint(spanCount());
    int end = 0;
    for (int i = 0; i < size(); ) {
      int start = i;
      while (i + 1 < size() && indices.get(i + 1) == indices.get(i) + 1) {
        i++;
      }
      i++;
      out.varbitUint(i - start);
      out.varbitInt((long) indices.get(start) - end);
      end = indices.get(i - 1) + 1;
    }
  }
}
