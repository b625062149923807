/// In front of a query role: long range queries are cut into pieces, asked side by side, and
/// remembered, so that a dashboard that is opened twice costs once.
///
/// It exists because a range query over a month is one request that nobody can share or repeat in
/// part, while its days are. Everything else passes through untouched.
///
/// Start at {@link QueryFrontend}. It speaks the query role's HTTP API on both sides (docs/api.md),
/// as Thanos Query Frontend does.
///
/// Trap: an answer may only be cut or remembered where a cut cannot change it. {@link QueryTraits}
/// decides that; what it does not know for sure it passes through.
@NullMarked
package io.oriel.federation.frontend;

import org.jspecify.annotations.NullMarked;
