package io.oriel.federation.dedup;

import io.oriel.model.series.SampleColumns;

/// Walks over the samples of one replica, or of several already merged. Not thread-safe.
///
/// {@link #next} comes first; as soon as it or {@link #seek} has returned false there is no current
/// sample and neither may be called again.
sealed interface ReplicaCursor permits ReplicaCursor.Single, PenaltyMerge {
  /// Goes to the next sample.
  boolean next();

  /// Goes to the first sample at or after {@code timestampMillis}; stays when already there.
  boolean seek(long timestampMillis);

  long timestampMillis();

  boolean isFloat();

  /// The current float, raised by what {@link #raiseTo} decided.
  double value();

  /// Raises this and all later floats so that the current one is not below {@code lastValue}.
  void raiseTo(double lastValue);

  /// Hands over the current sample.
  void emit(Output out);

  /// One replica.
  final class Single implements ReplicaCursor {
    private final SampleColumns rows;
    private final boolean raises;
    private int at = -1;
    private double raise;

    Single(SampleColumns rows, Deduplication.Values values) {
      this.rows = rows;
      this.raises = values == Deduplication.Values.NEVER_FALLING;
    }

    @Override
    public boolean next() {
      return ++at < rows.size();
    }

    @Override
    public boolean seek(long timestampMillis) {
      long[] times = rows.timestamps();
      int size = rows.size();
      while (at < size && times[at] < timestampMillis) {
        at++;
      }
      return at < size;
    }

    @Override
    public long timestampMillis() {
      return rows.timestamps()[at];
    }

    @Override
    public boolean isFloat() {
      return rows.histogram(at) == null;
    }

    @Override
    public double value() {
      return rows.values()[at] + raise;
    }

    @Override
    public void raiseTo(double lastValue) {
      if (raises && lastValue > value()) {
        raise += lastValue - value();
      }
    }

    @Override
    public void emit(Output out) {
      out.add(rows, at, isFloat() ? raise : 0);
    }
  }
}
