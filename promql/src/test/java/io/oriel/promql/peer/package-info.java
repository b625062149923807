/// Compares the engine with a Prometheus server, where there is one. It is a room of its own
/// because it starts a process, which no other test of this module does.
///
/// Start at {@link PrometheusDifferentialTest}; it is skipped without `prometheus` and `promtool`
/// on PATH or in `-Doriel.peers`.
@NullMarked
package io.oriel.promql.peer;

import org.jspecify.annotations.NullMarked;
