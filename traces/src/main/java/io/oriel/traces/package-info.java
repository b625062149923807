/// Spans: from an application to the search engine, and back to people as traces.
///
/// `receive` speaks OTLP, Jaeger and Zipkin, `peer` brings a trace together at one of several
/// collectors, `sample` decides what stays, `batch` and `index` write Jaeger's schema, `dependency`
/// and `spanmetrics` tell who calls whom and how fast, `query` and `assemble` make traces of it.
/// This package itself holds nothing; each room below has its own door. The accounting identity of
/// a collector: spans received = stored + handed on to a peer + dropped by reason + queued.
@NullMarked
package io.oriel.traces;

import org.jspecify.annotations.NullMarked;
