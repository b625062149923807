/// OpenTelemetry's own protocol (OTLP 1.x): metrics as Prometheus series, logs as documents, spans.
///
/// Start at {@link OtlpMetrics}, {@link OtlpLogs} or {@link OtlpTraces}. Names of metrics follow
/// Prometheus' OTLP translation strategies; a resource becomes `job`, `instance` and a
/// `target_info` series; exponential histograms become native ones. OTLP's nanoseconds become
/// milliseconds in {@link OtlpMetrics} only; documents keep them.
///
/// Trap: only cumulative sums and histograms have a counterpart. Deltas are refused, data point by
/// data point, and counted in the answer.
@NullMarked
package io.oriel.wire.otlp;

import org.jspecify.annotations.NullMarked;
