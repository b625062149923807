/// The Prometheus HTTP API v1 of the metrics role.
///
/// Each class adds its endpoints to a server's {@code Routes}: start at {@link QueryApi} for
/// PromQL, {@link SeriesApi} for series and labels, {@link StatusApi} for what the server says of
/// itself. Rules and alerts are served by the alerting module on the same server. Shapes and
/// parameters: Prometheus 3.14, docs/querying/api.md and its OpenAPI document.
///
/// Trap: parameters come in the query or in a form body, and the body wins.
@NullMarked
package io.oriel.metrics.api;

import org.jspecify.annotations.NullMarked;
