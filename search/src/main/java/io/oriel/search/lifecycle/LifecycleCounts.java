package io.oriel.search.lifecycle;

import java.util.Map;
import java.util.TreeMap;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.metadata.IndexMetadata;

/// How many indices stand where.
///
/// @param errors how many stand at a failed step
/// @param running whether policies are carried out
/// @param byPhase managed indices by phase; `new` for those that are not yet in any
public record LifecycleCounts(long errors, boolean running, Map<String, Long> byPhase) {
  public LifecycleCounts {
    byPhase = Map.copyOf(byPhase);
  }

  /// What {@code state} says.
  public static LifecycleCounts of(ClusterState state) {
    long errors = 0;
    Map<String, Long> phases = new TreeMap<>();
    for (IndexMetadata index : state.metadata().indices().values()) {
      if (!LifecycleSettings.NAME.get(index.getSettings()).isEmpty()) {
        ExecutionState at = ExecutionState.of(index);
        errors += at.isError() ? 1 : 0;
        phases.merge(at.phase().isEmpty() ? "new" : at.phase(), 1L, Long::sum);
      }
    }
    return new LifecycleCounts(
        errors, LifecycleMetadata.of(state).mode() == OperationMode.RUNNING, phases);
  }
}
