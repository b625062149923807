/// Rates, errors and durations of services, from their spans.
///
/// It exists twice: {@link SpanMetrics} counts spans as they come by, before sampling, as
/// OpenTelemetry's span metrics connector does and under its names; {@link ServicePerformance}
/// computes the same from what the search engine holds, as Jaeger's "SPM" tab asks for it.
///
/// Trap: what was sampled stands for more than itself; both weigh a span by its adjusted count
/// (`ot=th` in its trace state). A percentile of spans that all stand for as many is that of the
/// spans that were kept; where they differ, {@link SamplingClasses} has the engine take each class
/// apart.
@NullMarked
package io.oriel.traces.spanmetrics;

import org.jspecify.annotations.NullMarked;
