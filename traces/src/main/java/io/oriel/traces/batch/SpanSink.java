package io.oriel.traces.batch;

/// Takes spans over. Thread-safe.
@FunctionalInterface
public interface SpanSink {
  /// Takes a batch whole or refuses it whole.
  ///
  /// @throws io.oriel.model.error.RetryLater when there is no room; the sender still has the spans
  void take(SpanBatch batch);

  /// Refuses what {@link #take} would refuse now, before anybody goes to expense for it. What is
  /// let pass may be refused all the same.
  ///
  /// @param spans how many there are
  /// @param bytes what they took on the wire, decompressed
  /// @throws io.oriel.model.error.RetryLater when there is no room
  default void check(int spans, long bytes) {}
}
