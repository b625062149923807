/// Spans: from an application to the search engine, and back to people as traces.
///
/// `receive` speaks OTLP, Jaeger and Zipkin, `sample` decides what stays, `batch` and `index` write
/// Jaeger's schema, `query` and `assemble` make traces of it. This package itself holds nothing;
/// each room below has its own door. The accounting identity of a collector: spans received =
/// stored + dropped by reason + queued.
@NullMarked
package io.oriel.traces;

import org.jspecify.annotations.NullMarked;
