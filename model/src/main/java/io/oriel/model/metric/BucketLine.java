package io.oriel.model.metric;

import io.oriel.model.metric.NativeHistogram.Buckets;
import java.util.Arrays;

/// One side's buckets by absolute index, ascending, each with a Kahan compensation. Mutable, not
/// thread-safe.
final class BucketLine {
  int[] index;
  double[] count;
  double[] lost;
  int size;

  BucketLine(int capacity) {
    index = new int[capacity];
    count = new double[capacity];
    lost = new double[capacity];
  }

  static BucketLine of(Buckets buckets) {
    BucketLine line = new BucketLine(buckets.size());
    int at = 0;
    int stored = 0;
    for (int span = 0; span < buckets.spanCount(); span++) {
      at += buckets.spanOffset(span);
      for (int k = 0; k < buckets.spanLength(span); k++) {
        line.append(at++, buckets.count(stored++));
      }
    }
    return line;
  }

  void append(int bucket, double value) {
    if (size == index.length) {
      int capacity = 2 * size + 4;
      index = Arrays.copyOf(index, capacity);
      count = Arrays.copyOf(count, capacity);
      lost = Arrays.copyOf(lost, capacity);
    }
    index[size] = bucket;
    count[size++] = value;
  }

  /// Adds {@code factor} times every bucket of {@code other}.
  void add(BucketLine other, double factor) {
    if (size == other.size && Arrays.equals(index, 0, size, other.index, 0, size)) {
      for (int i = 0; i < size; i++) {
        increase(i, factor * other.count[i]);
      }
      return;
    }
    BucketLine merged = new BucketLine(size + other.size);
    int a = 0;
    int b = 0;
    while (a < size || b < other.size) {
      if (b == other.size || (a < size && index[a] < other.index[b])) {
        merged.append(index[a], count[a]);
        merged.lost[merged.size - 1] = lost[a++];
      } else if (a == size || other.index[b] < index[a]) {
        merged.append(other.index[b], factor * other.count[b++]);
      } else {
        merged.append(index[a], count[a]);
        merged.lost[merged.size - 1] = lost[a++];
        merged.increase(merged.size - 1, factor * other.count[b++]);
      }
    }
    index = merged.index;
    count = merged.count;
    lost = merged.lost;
    size = merged.size;
  }

  void increase(int i, double value) {
    double sum = count[i] + value;
    lost[i] += CompensatedSum.error(count[i], value, sum);
    count[i] = sum;
  }

  /// Adds to the bucket at {@code bucket}, which must not be smaller than the last one.
  void increaseLast(int bucket, double value, double error) {
    if (size == 0 || index[size - 1] != bucket) {
      append(bucket, 0);
    }
    increase(size - 1, value);
    lost[size - 1] += error;
  }

  /// Halves the resolution {@code steps} times: two neighbours become one.
  void coarsen(int steps) {
    if (steps == 0) {
      return;
    }
    BucketLine coarse = new BucketLine(size);
    for (int i = 0; i < size; i++) {
      coarse.increaseLast(((index[i] - 1) >> steps) + 1, count[i], lost[i]);
    }
    index = coarse.index;
    count = coarse.count;
    lost = coarse.lost;
    size = coarse.size;
  }

  void scale(double factor) {
    for (int i = 0; i < size; i++) {
      count[i] *= factor;
      lost[i] *= factor;
    }
  }

  double total(int i) {
    return CompensatedSum.total(count[i], lost[i]);
  }

  /// The buckets as spans, without empty buckets.
  Buckets build() {
    double[] counts = new double[size];
    int[] offsets = new int[size];
    int[] lengths = new int[size];
    int stored = 0;
    int spans = 0;
    int next = 0;
    for (int i = 0; i < size; i++) {
      double value = total(i);
      if (value == 0) {
        continue;
      }
      if (stored == 0 || index[i] != next) {
        offsets[spans] = stored == 0 ? index[i] : index[i] - next;
        lengths[spans++] = 0;
      }
      lengths[spans - 1]++;
      counts[stored++] = value;
      next = index[i] + 1;
    }
    return Buckets.of(
        Arrays.copyOf(offsets, spans),
        Arrays.copyOf(lengths, spans),
        Arrays.copyOf(counts, stored));
  }
}
