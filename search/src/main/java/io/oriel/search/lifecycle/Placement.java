package io.oriel.search.lifecycle;

import java.util.ArrayList;
import java.util.List;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.metadata.IndexMetadata;
import org.opensearch.cluster.node.DiscoveryNode;
import org.opensearch.cluster.node.DiscoveryNodeFilters;
import org.opensearch.cluster.routing.IndexRoutingTable;
import org.opensearch.cluster.routing.IndexShardRoutingTable;
import org.opensearch.cluster.routing.ShardRouting;

/// Where the shards of an index are and where they may be.
final class Placement {
  private Placement() {}

  /// How many copies are not yet where the index' allocation rules want them.
  static int misplaced(ClusterState state, IndexMetadata index) {
    int misplaced = 0;
    for (ShardRouting shard : shards(state, index)) {
      DiscoveryNode node =
          shard.currentNodeId() == null ? null : state.nodes().get(shard.currentNodeId());
      if (!shard.started() || node == null || !isAllowed(index, node)) {
        misplaced++;
      }
    }
    return misplaced;
  }

  static boolean isAllowed(IndexMetadata index, DiscoveryNode node) {
    DiscoveryNodeFilters require = index.requireFilters();
    DiscoveryNodeFilters include = index.includeFilters();
    DiscoveryNodeFilters exclude = index.excludeFilters();
    return (require == null || require.match(node))
        && (include == null || include.match(node))
        && (exclude == null || !exclude.match(node));
  }

  static List<ShardRouting> shards(ClusterState state, IndexMetadata index) {
    List<ShardRouting> shards = new ArrayList<>();
    IndexRoutingTable table = state.routingTable().index(index.getIndex());
    if (table != null) {
      for (IndexShardRoutingTable shard : table) {
        shards.addAll(shard.shards());
      }
    }
    return shards;
  }

  /// Whether {@code nodeId} has a started copy of every shard.
  static boolean hasAll(ClusterState state, IndexMetadata index, String nodeId) {
    IndexRoutingTable table = state.routingTable().index(index.getIndex());
    if (table == null) {
      return false;
    }
    for (IndexShardRoutingTable shard : table) {
      boolean here =
          shard.activeShards().stream()
              .anyMatch(copy -> copy.started() && nodeId.equals(copy.currentNodeId()));
      if (!here) {
        return false;
      }
    }
    return true;
  }
}
