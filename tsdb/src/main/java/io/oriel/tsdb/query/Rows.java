package io.oriel.tsdb.query;

import io.oriel.model.series.SampleColumns;

/// Merges rows by time.
final class Rows {
  private Rows() {}

  /// Merges two runs, the rows from {@code base} and the rows from {@code middle} on, by time; of
  /// two rows with one time the first run's stays.
  static void merge(SampleColumns rows, int base, int middle) {
    if (middle == base
        || middle == rows.size()
        || rows.timestamps()[middle - 1] < rows.timestamps()[middle]) {
      return;
    }
    SampleColumns a = copy(rows, base, middle);
    SampleColumns b = copy(rows, middle, rows.size());
    rows.truncate(base);
    int i = 0;
    int j = 0;
    while (i < a.size() || j < b.size()) {
      if (j == b.size() || (i < a.size() && a.timestamps()[i] <= b.timestamps()[j])) {
        if (j < b.size() && a.timestamps()[i] == b.timestamps()[j]) {
          j++;
        }
        rows.addRow(a, i++);
      } else {
        rows.addRow(b, j++);
      }
    }
  }

  private static SampleColumns copy(SampleColumns rows, int from, int to) {
    SampleColumns copy = new SampleColumns(to - from);
    for (int i = from; i < to; i++) {
      copy.addRow(rows, i);
    }
    return copy;
  }
}
