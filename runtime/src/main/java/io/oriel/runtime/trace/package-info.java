/// Spans of what this process does itself.
///
/// A role has a {@link Tracer}; a request that comes in or a piece of background work becomes an
/// {@link ActiveSpan}, and calls to others made meanwhile carry it on. What is finished goes out as
/// OTLP 1.x `ExportTraceServiceRequest` in JSON.
///
/// Contexts travel as W3C Trace Context level 2 (`traceparent` version 00, `tracestate`), sampling
/// as OpenTelemetry's consistent probability sampling (`ot=th:…` in the trace state), so that what
/// is counted from sampled spans can be weighed.
///
/// Trap: the current span is handed to threads that are made while it is current, since fan-outs
/// make one a call; a thread that outlives its maker's span carries it on.
@NullMarked
package io.oriel.runtime.trace;

import org.jspecify.annotations.NullMarked;
