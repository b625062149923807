package io.oriel.search.lifecycle;

import org.jspecify.annotations.Nullable;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.metadata.DataStream;
import org.opensearch.cluster.metadata.IndexAbstraction;
import org.opensearch.cluster.metadata.IndexMetadata;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.transport.client.Client;

/// What a step has before it.
///
/// @param state the cluster's as it was when the run began
/// @param at where the index stands
/// @param now in milliseconds since 1970, by the clock that ages are measured with
record StepContext(
    Client client,
    ClusterService cluster,
    ClusterState state,
    IndexMetadata index,
    ExecutionState at,
    long now) {
  String name() {
    return index.getIndex().getName();
  }

  /// The data stream that the index is part of.
  @Nullable DataStream dataStream() {
    IndexAbstraction abstraction = state.metadata().getIndicesLookup().get(name());
    IndexAbstraction.DataStream parent =
        abstraction == null ? null : abstraction.getParentDataStream();
    return parent == null ? null : parent.getDataStream();
  }

  /// Whether the data stream writes to this index.
  boolean isStreamWriteIndex() {
    DataStream stream = dataStream();
    return stream != null
        && stream.getIndices().get(stream.getIndices().size() - 1).equals(index.getIndex());
  }

  String rolloverAlias() {
    return LifecycleSettings.ROLLOVER_ALIAS.get(index.getSettings());
  }
}
