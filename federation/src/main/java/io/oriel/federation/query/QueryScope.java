package io.oriel.federation.query;

import io.oriel.federation.dedup.Deduplication;
import io.oriel.model.matcher.Matcher;
import io.oriel.wire.storeapi.PartialResponse;
import io.oriel.wire.storeapi.ShardInfo;
import java.util.List;

/// What one query sees of the stores.
///
/// @param replicaLabels labels that tell replicas apart; none for no deduplication
/// @param maxResolutionMillis the coarsest downsampling allowed, zero for raw samples only
/// @param storeMatchers a store is asked when all matchers of any one of these hold for it; none
///   for every store. `__address__` is its address.
public record QueryScope(
    List<String> replicaLabels,
    Deduplication deduplication,
    long maxResolutionMillis,
    PartialResponse partialResponse,
    List<List<Matcher>> storeMatchers,
    ShardInfo shard) {
  public QueryScope {
    replicaLabels = List.copyOf(replicaLabels);
    storeMatchers = storeMatchers.stream().map(List::copyOf).toList();
  }

  /// Every store, partial answers allowed, raw samples.
  public static QueryScope standard(List<String> replicaLabels) {
    return new QueryScope(
        replicaLabels, Deduplication.PENALTY, 0, PartialResponse.WARN, List.of(), ShardInfo.none());
  }

  public QueryScope with(PartialResponse newPartialResponse) {
    return new QueryScope(
        replicaLabels,
        deduplication,
        maxResolutionMillis,
        newPartialResponse,
        storeMatchers,
        shard);
  }
}
