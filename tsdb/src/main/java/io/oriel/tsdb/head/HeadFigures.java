package io.oriel.tsdb.head;

import io.oriel.model.series.AppendOutcome;
import java.util.concurrent.atomic.LongAdder;

/// What the head counts, since it was opened. Thread-safe.
public final class HeadFigures {
  /// A count of samples by their type.
  public record ByType(long floats, long histograms) {
    public long all() {
      return floats + histograms;
    }
  }

  /** One count by type. */
  static final class Count {
    private final LongAdder floats = new LongAdder();
    private final LongAdder histograms = new LongAdder();

    void add(boolean histogram, long samples) {
      (histogram ? histograms : floats).add(samples);
    }

    ByType value() {
      return new ByType(floats.sum(), histograms.sum());
    }
  }

  final Count appended = new Count();
  final Count appendedLate = new Count();
  final LongAdder dropped = new LongAdder();
  private final Count outOfOrder = new Count();
  private final Count tooOld = new Count();
  private final Count outOfBounds = new Count();

  HeadFigures() {}

  AppendOutcome refused(AppendOutcome outcome, boolean histogram) {
    switch (outcome) {
      case OUT_OF_ORDER -> outOfOrder.add(histogram, 1);
      case TOO_OLD -> tooOld.add(histogram, 1);
      case OUT_OF_BOUNDS -> outOfBounds.add(histogram, 1);
      case APPENDED,
          DUPLICATE_TIMESTAMP,
          UNKNOWN_SERIES,
          LIMITED,
          INVALID_HISTOGRAM,
          INVALID_START,
          STALE_EXEMPLAR -> {}
    }
    return outcome;
  }

  /// Samples committed, late ones included.
  public ByType appended() {
    return appended.value();
  }

  /// Samples committed out of order.
  public ByType appendedLate() {
    return appendedLate.value();
  }

  /// Samples of committed transactions that could not be kept: the series was collected meanwhile,
  /// or a concurrent transaction was newer.
  public long dropped() {
    return dropped.sum();
  }

  /// Samples refused because their series had a newer one.
  public ByType outOfOrder() {
    return outOfOrder.value();
  }

  /// Samples refused because they were older than the out-of-order window.
  public ByType tooOld() {
    return tooOld.value();
  }

  /// Samples refused because they were older than the head.
  public ByType outOfBounds() {
    return outOfBounds.value();
  }
}
