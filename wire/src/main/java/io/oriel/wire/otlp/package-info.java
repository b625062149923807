/// OpenTelemetry metrics (OTLP 1.x `ExportMetricsServiceRequest`) as Prometheus series.
///
/// Start at {@link OtlpMetrics}. Names follow Prometheus' OTLP translation strategies; a resource
/// becomes `job`, `instance` and a `target_info` series; exponential histograms become native ones.
/// OTLP's nanoseconds become milliseconds in {@link OtlpMetrics} only.
///
/// Trap: only cumulative sums and histograms have a counterpart. Deltas are refused, data point by
/// data point, and counted in the answer.
@NullMarked
package io.oriel.wire.otlp;

import org.jspecify.annotations.NullMarked;
