package io.oriel.promql.value;

/// The times a query is evaluated at: {@code count} of them, {@code stepMillis} apart.
public record Grid(long startMillis, long stepMillis, int count) {
  /// The time of step {@code i}, Unix milliseconds.
  public long time(int i) {
    return startMillis + i * stepMillis;
  }

  /// The last time.
  public long endMillis() {
    return time(count - 1);
  }

  /// The grid from {@code start} to at most {@code end}; empty when it ends before it starts.
  public static Grid between(long start, long end, long step) {
    if (end < start) {
      return new Grid(start, step, 0);
    }
    return new Grid(start, step, Math.toIntExact((end - start) / step + 1));
  }
}
