/// Rates, errors and durations of services, from their spans.
///
/// It exists twice: {@link SpanMetrics} counts spans as they come by, before sampling, as
/// OpenTelemetry's span metrics connector does and under its names; {@link ServicePerformance}
/// computes the same from what the search engine holds, as Jaeger's "SPM" tab asks for it.
///
/// Trap: what was sampled stands for more than itself; the counter weighs a span by its adjusted
/// count (`ot=th` in its trace state), the engine counts what it has.
@NullMarked
package io.oriel.traces.spanmetrics;

import org.jspecify.annotations.NullMarked;
