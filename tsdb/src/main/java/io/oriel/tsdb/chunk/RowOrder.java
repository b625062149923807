package io.oriel.tsdb.chunk;

import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.model.series.SampleColumns;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Puts rows into the order of time.
public final class RowOrder {
  private RowOrder() {}

  /// The rows by time; of several rows of one time the first is kept.
  public static SampleColumns sorted(SampleColumns rows) {
    long[] times = rows.timestamps();
    boolean ascending = true;
    for (int i = 1; i < rows.size() && ascending; i++) {
      ascending = times[i - 1] < times[i];
    }
    if (ascending) {
      return rows;
    }
    Integer[] order = new Integer[rows.size()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Long.compare(times[a], times[b]));
    SampleColumns sorted = new SampleColumns(rows.size());
    for (int i : order) {
      int size = sorted.size();
      if (size == 0 || sorted.timestamps()[size - 1] != times[i]) {
        sorted.addRow(rows, i);
        forgetReset(sorted);
      }
    }
    return sorted;
  }

  /// Merges {@code more} into the rows of {@code rows} from {@code from} on, both by time; of two
  /// rows of one time that of {@code rows} is kept.
  public static void merge(SampleColumns rows, int from, SampleColumns more) {
    SampleColumns base = new SampleColumns(Math.max(1, rows.size() - from));
    for (int i = from; i < rows.size(); i++) {
      base.addRow(rows, i);
    }
    rows.truncate(from);
    int a = 0;
    int b = 0;
    boolean before = true;
    while (a < base.size() || b < more.size()) {
      long left = a < base.size() ? base.timestamps()[a] : Long.MAX_VALUE;
      long right = b < more.size() ? more.timestamps()[b] : Long.MAX_VALUE;
      boolean stays = a < base.size() && (left <= right || b == more.size());
      if (stays) {
        rows.addRow(base, a++);
        b += b < more.size() && left == right ? 1 : 0;
      } else {
        rows.addRow(more, b++);
      }
      if (stays != before) {
        forgetReset(rows);
      }
      before = stays;
    }
  }

  /// What the last row says of a counter reset was said about another predecessor.
  private static void forgetReset(SampleColumns rows) {
    @Nullable NativeHistogram @Nullable [] histograms = rows.histograms();
    int last = rows.size() - 1;
    NativeHistogram h = histograms == null ? null : histograms[last];
    if (h != null && histograms != null && h.resetHint() != ResetHint.GAUGE) {
      histograms[last] = h.toBuilder().resetHint(ResetHint.UNKNOWN).build();
    }
  }
}
