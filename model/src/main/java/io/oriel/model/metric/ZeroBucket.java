package io.oriel.model.metric;

/// The zero bucket of an exponential histogram, while two of different width are brought together.
record ZeroBucket(int schema, double threshold, double count) {
  static ZeroBucket of(NativeHistogram histogram) {
    return new ZeroBucket(histogram.schema(), histogram.zeroThreshold(), histogram.zeroCount());
  }

  /// The bucket at least as wide as {@code wanted}, wider when that falls into a populated bucket;
  /// what it swallows is taken out of the lines.
  ZeroBucket widen(double wanted, BucketLine positive, BucketLine negative) {
    double width = wanted;
    double reached = Math.max(reach(positive, width), reach(negative, width));
    while (reached > width) {
      width = reached;
      reached = Math.max(reach(positive, width), reach(negative, width));
    }
    return new ZeroBucket(
        schema, width, count + swallow(positive, width) + swallow(negative, width));
  }

  /// The upper bound of the populated bucket that {@code width} falls into, or {@code width}.
  private double reach(BucketLine line, double width) {
    double result = width;
    for (int i = 0; i < line.size; i++) {
      double lower = HistogramBuckets.bound(schema, line.index[i] - 1);
      if (lower >= width) {
        break;
      }
      double upper = HistogramBuckets.bound(schema, line.index[i]);
      if (line.total(i) != 0 && upper > result) {
        result = upper;
      }
    }
    return result;
  }

  private double swallow(BucketLine line, double width) {
    double swallowed = 0;
    for (int i = 0; i < line.size; i++) {
      if (HistogramBuckets.bound(schema, line.index[i]) > width) {
        break;
      }
      swallowed += line.total(i);
      line.count[i] = 0;
      line.lost[i] = 0;
    }
    return swallowed;
  }
}
