package io.oriel.metrics.discovery;

/// Waits; a test's own lets time pass as it likes.
public interface Pause {
  /// Waits {@code millis}.
  void sleep(long millis) throws InterruptedException;
}
