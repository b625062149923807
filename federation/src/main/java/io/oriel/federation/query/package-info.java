/// Many stores queried as one.
///
/// Start at {@link FederatedQueryable}: PromQL reads through it, it reads through {@link FanOut},
/// which asks those {@link Endpoint}s of an {@link EndpointSet} that can have something, merges
/// what they answer, and says by name who did not. {@link QueryService} serves the whole over gRPC,
/// so that a query may ask a query; {@link PushDown} sends aggregations to such queries instead of
/// fetching their series.
///
/// Behaviour is Thanos' (pkg/query and pkg/store/proxy.go upstream), with one difference: an
/// endpoint that is known to be down is not asked, but it is named in a warning all the same, so an
/// answer without a cluster never looks complete.
///
/// Trap: partial answers are the default. Whoever must not act on one asks for ABORT.
@NullMarked
package io.oriel.federation.query;

import org.jspecify.annotations.NullMarked;
