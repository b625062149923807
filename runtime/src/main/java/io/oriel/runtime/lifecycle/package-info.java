/// Starting and stopping in order.
///
/// Start at {@link Closer}: what a role opens is pushed as it is made and closed in reverse, also
/// when a start fails half way. Shutdown is a sequence: stop accepting, drain, flush, close; each
/// role pushes in the order that yields it.
@NullMarked
package io.oriel.runtime.lifecycle;

import org.jspecify.annotations.NullMarked;
