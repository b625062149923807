package io.oriel.tsdb.head;

import java.util.concurrent.atomic.LongAdder;

/// What a replay could not use. Thread-safe.
final class ReplayLosses {
  private final LongAdder unknownRecords = new LongAdder();
  private final LongAdder unknownSeries = new LongAdder();

  void unknownRecord() {
    unknownRecords.increment();
  }

  void unknownSeries() {
    unknownSeries.increment();
  }

  long unknownRecordCount() {
    return unknownRecords.sum();
  }

  long unknownSeriesCount() {
    return unknownSeries.sum();
  }
}
