/// Oriel beside a real Prometheus: both get the same data at the same time on the same machine, and
/// only ratios are printed.
///
/// Start at {@link Compare}. Trap: the first minutes of a JVM are not its steady state; every
/// comparison warms both up and says for how long.
@NullMarked
package io.oriel.benchmarks.peer;

import org.jspecify.annotations.NullMarked;
