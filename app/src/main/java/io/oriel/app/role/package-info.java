/// One composition root per role: how its parts are put together, from top to bottom.
///
/// Start at {@link MetricsRole}; the others are {@link QueryRole}, {@link FrontendRole}, {@link
/// StoreRole}, {@link CompactRole}, {@link RuleRole}, {@link SidecarRole} and {@link ShipRole}. A
/// role opens what it needs through one `Closer`, so that stopping is the reverse of starting, also
/// when a start fails half way. Commands turn flags into a role's options; `up` makes options
/// itself.
@NullMarked
package io.oriel.app.role;

import org.jspecify.annotations.NullMarked;
