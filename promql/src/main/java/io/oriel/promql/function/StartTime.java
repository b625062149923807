package io.oriel.promql.function;

import io.oriel.model.labels.Quoted;

/// What start timestamps say about a counter between one sample and the next.
final class StartTime {
  private StartTime() {}

  /// Whether the counter of sample {@code i} started anew after the sample before.
  static boolean isReset(long[] times, long[] starts, int i) {
    long start = starts[i];
    if (start == 0 || start >= times[i] || start < times[i - 1]) {
      return false;
    }
    if (start > times[i - 1]) {
      return true;
    }
    return starts[i - 1] <= times[i - 1] && starts[i - 1] != 0 && starts[i - 1] != times[i - 1];
  }

  /// Whether sample {@code i} says it started before the sample before it, and is no continuation
  /// of it.
  static boolean overlaps(long[] times, long[] starts, int i) {
    return starts[i] != 0 && starts[i] < times[i - 1] && starts[i] != starts[i - 1];
  }

  static void warn(SampleWindow window) {
    String metric = window.metric();
    window.annotations.warn(
        window.source,
        "sample has start time that overlaps with previous sample timestamp"
            + (metric.isEmpty() ? "" : " for metric name " + Quoted.of(metric)));
  }
}
