/// Finding traces in the search engine, whoever wrote them: our collector or a real Jaeger.
///
/// It exists so that the APIs, HTTP and gRPC, ask one thing. Start at {@link TraceStore}. What it
/// reads is Jaeger 2.x' Elasticsearch schema through every rotation at once: daily indices, those
/// behind aliases, data streams; archives apart. Values of tags are regular expressions over the
/// whole value, as in Jaeger; structured filters (its RFC 0005) become queries in FilterQueries.
///
/// Trap: a trace may be larger than memory; what reads whole traces has a limit, and what streams
/// spans holds one page. A page is cut by the engine's point in time, since two spans may have the
/// same start and the same id.
@NullMarked
package io.oriel.traces.query;

import org.jspecify.annotations.NullMarked;
