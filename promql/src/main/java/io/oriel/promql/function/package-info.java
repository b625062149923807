/// What functions compute, free of how series reach them.
///
/// Start at {@link WindowFunctions} for functions over range vectors and {@link MathFunctions} for
/// those of one float; quantiles of histograms are {@link ClassicBuckets} and {@link
/// NativeQuantile}. Results agree with Prometheus 3.14 to the last few bits; what the reader should
/// know goes to {@link Annotations}, in upstream's words.
///
/// Trap: windows are open on the left; a sample exactly at their start is outside.
@NullMarked
package io.oriel.promql.function;

import org.jspecify.annotations.NullMarked;
