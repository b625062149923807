package io.oriel.search.lifecycle;

import java.util.Map;
import java.util.OptionalInt;
import org.opensearch.core.common.unit.ByteSizeValue;

/// What is done to an index in a phase.
sealed interface LifecycleAction {
  /// @param priority empty to take it away
  record SetPriority(OptionalInt priority) implements LifecycleAction {}

  record Unfollow() implements LifecycleAction {}

  record Rollover(RolloverConditions conditions) implements LifecycleAction {}

  record ReadOnly() implements LifecycleAction {}

  record ForceMerge(int maxNumSegments) implements LifecycleAction {}

  /// @param numberOfShards 0 when it follows from {@code maxPrimaryShardSize}
  record Shrink(int numberOfShards, ByteSizeValue maxPrimaryShardSize, boolean allowWriteAfter)
      implements LifecycleAction {}

  /// @param replicas empty to leave as it is
  /// @param totalShardsPerNode empty to leave as it is
  /// @param filters settings below `index.routing.allocation.`, as in `require.box: warm`
  record Allocate(OptionalInt replicas, OptionalInt totalShardsPerNode, Map<String, String> filters)
      implements LifecycleAction {
    public Allocate {
      filters = Map.copyOf(filters);
    }
  }

  record Migrate(boolean enabled) implements LifecycleAction {}

  record Freeze() implements LifecycleAction {}

  record Delete() implements LifecycleAction {}
}
