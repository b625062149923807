package io.oriel.metrics.discovery;

import io.oriel.metrics.config.TargetGroup;

/// Takes target groups as they are found. Called from any thread, one call at a time per discovery.
public interface TargetGroupSink {
  /// {@code group} replaces the earlier group of the same source; one without targets removes it.
  void update(TargetGroup group);
}
