/// The words of traces: {@link Span} and what belongs to it.
///
/// The model is OpenTelemetry's (OTLP 1.x `Span`), into which Jaeger's and Zipkin's are translated
/// at the edge. Times are Unix nanoseconds; Jaeger's microseconds are converted in `wire` and in
/// the index only. Everything here is immutable.
@NullMarked
package io.oriel.model.trace;

import org.jspecify.annotations.NullMarked;
