package io.oriel.metrics.discovery;

/// One running search for targets.
public interface Discovery {
  /// Finds targets until the thread is interrupted, and tells the sink of every change.
  void run(TargetGroupSink sink) throws InterruptedException;
}
