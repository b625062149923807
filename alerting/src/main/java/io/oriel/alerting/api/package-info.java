/// Rules and alerts over the Prometheus HTTP API.
///
/// Start at {@link RulesApi}, which adds its endpoints to a server's routes. Shapes are those of
/// Prometheus 3.14's `/api/v1/rules` and `/api/v1/alerts`, paging by `group_limit` and
/// `group_next_token` included.
@NullMarked
package io.oriel.alerting.api;

import org.jspecify.annotations.NullMarked;
