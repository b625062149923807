package io.oriel.search.lifecycle;

import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.ClusterStateUpdateTask;
import org.opensearch.cluster.metadata.IndexMetadata;
import org.opensearch.cluster.metadata.Metadata;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.core.action.ActionListener;

/// Changes of the cluster's state, made on the cluster manager one after another.
final class StateUpdates {
  private StateUpdates() {}

  /// A change; the given state itself when there is nothing to change.
  interface Change {
    ClusterState apply(ClusterState state) throws Exception;
  }

  /// Makes {@code change}; {@code done} is told when all nodes that must know it do.
  static void submit(
      ClusterService cluster, String source, Change change, ActionListener<ClusterState> done) {
    cluster.submitStateUpdateTask(
        source,
        new ClusterStateUpdateTask() {
          @Override
          public ClusterState execute(ClusterState state) throws Exception {
            return change.apply(state);
          }

          @Override
          public void onFailure(String failed, Exception e) {
            done.onFailure(e);
          }

          @Override
          public void clusterStateProcessed(
              String processed, ClusterState before, ClusterState after) {
            done.onResponse(after);
          }
        });
  }

  /// {@code state} with the index standing at {@code at}.
  static ClusterState with(ClusterState state, IndexMetadata index, ExecutionState at) {
    return ClusterState.builder(state)
        .metadata(
            Metadata.builder(state.metadata())
                .put(IndexMetadata.builder(index).putCustom(ExecutionState.CUSTOM, at.texts())))
        .build();
  }
}
