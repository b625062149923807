package io.oriel.federation.storegateway;

import io.oriel.model.labels.Labels;
import io.oriel.tsdb.block.Ulid;

/// What a gateway does with a block.
///
/// @param labels external labels
/// @param maxMillis exclusive
/// @param problem why it is set aside; empty when it is served
public record BlockStatus(
    Ulid ulid,
    Labels labels,
    long minMillis,
    long maxMillis,
    long resolutionMillis,
    String problem) {
  public boolean isServed() {
    return problem.isEmpty();
  }
}
