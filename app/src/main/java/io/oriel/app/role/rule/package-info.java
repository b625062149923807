/// `oriel rule`: rules over what query roles see, what Thanos Ruler is.
///
/// It exists for rules that no single cluster can answer. Start at {@link RuleRole}: {@link
/// RuleLoading} reads the files, {@link RuleQueries} asks query roles over Prometheus' HTTP API, at
/// the addresses that {@link RuleEndpoints} finds, and {@link RuleService} tells a query above
/// which rules run here. Flags are Thanos'.
///
/// Trap: a query that fails is not a query without a result, so it changes no alert.
@NullMarked
package io.oriel.app.role.rule;

import org.jspecify.annotations.NullMarked;
