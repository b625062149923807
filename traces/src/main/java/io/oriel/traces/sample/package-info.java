/// Which spans stay.
///
/// It exists because all of them are too many. Head sampling is the clients' business: {@link
/// SamplingEndpoints} tells them how ({@link FileStrategies}, {@link AdaptiveSampling}). {@link
/// ConsistentSampling} keeps a share of traces that every collector agrees on, {@link TailSampler}
/// decides when a trace is there as a whole. Formats: Jaeger's strategies file and remote sampling
/// API, OpenTelemetry's `tracestate` with `ot=th:…;rv:…`, policies of the collector's {@link
/// TailSampler} processor.
///
/// Trap: what is counted from sampled spans is too low by the sampling; {@link
/// ConsistentSampling#adjustedCount} says by how much.
@NullMarked
package io.oriel.traces.sample;

import org.jspecify.annotations.NullMarked;
