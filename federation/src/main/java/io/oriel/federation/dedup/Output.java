package io.oriel.federation.dedup;

import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.model.series.SampleColumns;
import org.jspecify.annotations.Nullable;

/// Where merged rows go. Knows which row came before, because what a histogram says of resets is
/// only true behind its own predecessor.
final class Output {
  private final SampleColumns into;
  private @Nullable SampleColumns lastReplica;
  private int lastRow;

  Output(SampleColumns into) {
    this.into = into;
  }

  /// Appends row {@code row} of {@code replica}, its float raised by {@code raise}.
  void add(SampleColumns replica, int row, double raise) {
    into.addRow(replica, row);
    int at = into.size() - 1;
    if (raise != 0) {
      into.values()[at] += raise;
    }
    NativeHistogram histogram = into.histogram(at);
    boolean follows = lastReplica == replica && lastRow == row - 1;
    @Nullable NativeHistogram @Nullable [] histograms = into.histograms();
    if (histogram != null && histograms != null && !follows && lastReplica != null) {
      histograms[at] = withoutReset(histogram);
    }
    lastReplica = replica;
    lastRow = row;
  }

  private static NativeHistogram withoutReset(NativeHistogram histogram) {
    return switch (histogram.resetHint()) {
      case GAUGE, UNKNOWN -> histogram;
      case RESET, NO_RESET -> histogram.toBuilder().resetHint(ResetHint.UNKNOWN).build();
    };
  }
}
