/// Evaluation, series by series.
///
/// Start at {@link Evaluator}. Operators are {@code VectorSource}s: a source sends columns, one
/// series over all steps each, to sinks, from as many threads as work on the query; aggregations
/// fold columns into groups per thread and merge the groups at the end. A query's use of memory and
/// time is counted in {@link Execution}, which also stops it.
///
/// Trap: a column belongs to its sender again once a sink has declined to keep it.
@NullMarked
package io.oriel.promql.eval;

import org.jspecify.annotations.NullMarked;
