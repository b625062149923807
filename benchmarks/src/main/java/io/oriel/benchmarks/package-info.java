/// Programs that measure. Nothing here is part of the product, and no test asserts a time.
///
/// `inner` holds JMH benchmarks; {@link io.oriel.benchmarks.peer.Compare} runs Oriel beside a real
/// Prometheus on the same data and prints ratios.
@NullMarked
package io.oriel.benchmarks;

import org.jspecify.annotations.NullMarked;
