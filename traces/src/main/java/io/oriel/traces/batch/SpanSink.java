package io.oriel.traces.batch;

/// Takes spans over. Thread-safe.
public interface SpanSink {
  /// Takes a batch whole or refuses it whole.
  ///
  /// @throws io.oriel.model.error.RetryLater when there is no room; the sender still has the spans
  void take(SpanBatch batch);
}
