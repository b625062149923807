package io.oriel.logs.enrich;

import java.util.Optional;

/// Knows pods. Thread-safe.
public interface PodDirectory extends AutoCloseable {
  /// What is known of a pod, also when it is gone; the same object until something changes.
  Optional<PodFacts> find(String namespace, String pod);

  /// Whether it knows all pods that there are; before that, a pod that it does not know may exist.
  boolean isComplete();

  @Override
  void close();
}
