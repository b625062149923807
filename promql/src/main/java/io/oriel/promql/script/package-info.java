/// Test scripts in the language of Prometheus' `promqltest`.
///
/// Start at {@link TestScript}. {@link SeriesLine} reads series as scripts and rule unit tests
/// write them, {@link MemoryStorage} holds them. Source: promql/promqltest/README.md upstream; like
/// upstream's, the storage gives histograms the hints about counter resets that a TSDB would.
@NullMarked
package io.oriel.promql.script;

import org.jspecify.annotations.NullMarked;
