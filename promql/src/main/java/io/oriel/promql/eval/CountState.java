package io.oriel.promql.eval;

import io.oriel.promql.value.Column;

/// `count` and `group`.
final class CountState implements GroupState {
  private final boolean counts;
  private final int[] count;

  /// @param counts whether the result is the count (else 1)
  CountState(boolean counts, int steps) {
    this.counts = counts;
    this.count = new int[steps];
  }

  @Override
  public void add(Column column) {
    boolean floatsOnly = column.histograms() == null;
    double[] values = column.values();
    for (int i = 0; i < count.length; i++) {
      double value = values[i];
      boolean absent = Column.isAbsent(value);
      if (!absent || (!floatsOnly && column.histogram(i) != null)) {
        count[i]++;
      }
    }
  }

  @Override
  public void merge(GroupState other) {
    CountState that = (CountState) other;
    for (int i = 0; i < count.length; i++) {
      count[i] += that.count[i];
    }
  }

  @Override
  public void finish(Column out) {
    for (int i = 0; i < count.length; i++) {
      if (count[i] > 0) {
        out.set(i, counts ? count[i] : 1);
      }
    }
  }
}
