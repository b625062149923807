/// `oriel query` and `oriel query-frontend`: PromQL over many stores, and the cache before it.
///
/// It exists so that one query answers for the replicas of a cluster, or for all clusters. Start at
/// {@link QueryRole} and {@link FrontendRole}. {@link EndpointFlags} says which stores are asked,
/// with {@link EndpointFiles} and {@link EndpointConfigFile}, which see files change while it runs.
/// Flags are those of Thanos Query and Thanos Query Frontend; files have Prometheus' file discovery
/// format, or Thanos' of `--endpoint.sd-config`.
///
/// Trap: a file that cannot be read keeps the endpoints it had, one that is gone has none.
@NullMarked
package io.oriel.app.role.query;

import org.jspecify.annotations.NullMarked;
