/// What passes between operators, and out of the engine.
///
/// Start at {@link Value}, the result of a query, and {@link Column}, one series over the steps of
/// a {@link Grid}. Nothing is boxed, so that a result can be written as JSON straight from its
/// arrays.
///
/// Trap: absence is a NaN of its own; a plain `Double.isNaN` cannot tell it from a NaN sample.
@NullMarked
package io.oriel.promql.value;

import org.jspecify.annotations.NullMarked;
