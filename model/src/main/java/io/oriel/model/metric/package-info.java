/// What is measured: samples' values, native histograms, exemplars, metadata, and the marker of a
/// series' end.
///
/// Start at {@link NativeHistogram} and {@link StaleMarker}. NaN bit patterns carry meaning here
/// and must survive bit by bit, so nothing in the house calls `Double.doubleToLongBits`, which
/// folds them into one.
@NullMarked
package io.oriel.model.metric;

import org.jspecify.annotations.NullMarked;
