/// The Prometheus HTTP API over many clusters, with Thanos' parameters.
///
/// Start at {@link FederatedApi}. Beside what Prometheus has there are `dedup`, `replicaLabels[]`,
/// `partial_response`, `max_source_resolution`, `storeMatch[]` and `engine` on the querying
/// endpoints, `/api/v1/stores`, and `query_explain` and `query_range_explain`, which say what would
/// be evaluated where and what crossed the network. Rules, targets, metadata and exemplars are
/// gathered from all endpoints, replicas merged. Source: Thanos 0.43, pkg/api/query.
///
/// Trap: an answer may be partial and still have status `success`; `warnings` then names who is
/// missing.
@NullMarked
package io.oriel.federation.api;

import org.jspecify.annotations.NullMarked;
