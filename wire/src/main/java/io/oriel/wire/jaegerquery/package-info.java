/// What Jaeger's query side says over gRPC: `jaeger.api_v3`, `jaeger.api_v2`, its metrics, and
/// `jaeger.storage.v2`.
///
/// It exists so that Jaeger's UI, its tests and an unmodified Jaeger that uses us as its storage
/// find their protocols. Names of services and calls are in {@link JaegerServices}; {@link
/// QueryMessages} reads requests and {@link QueryAnswers} writes answers. Field numbers are those
/// of jaeger-idl as of November 2026. Spans of `api_v3` and `storage.v2` are OTLP's.
///
/// Trap: the same thing is a hex text in `api_v3` and bytes in the other two.
@NullMarked
package io.oriel.wire.jaegerquery;

import org.jspecify.annotations.NullMarked;
