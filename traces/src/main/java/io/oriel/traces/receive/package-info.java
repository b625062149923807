/// Where spans come in: OTLP, Jaeger's and Zipkin's protocols, over gRPC, HTTP and UDP.
///
/// It exists so that applications need not change. Each receiver decodes and gives what it has to
/// {@link SpanIntake}, which stamps `cluster` and `environment`, counts, and hands over to a queue
/// or a sampler. A refusal goes back in the protocol's own words: RESOURCE_EXHAUSTED with RetryInfo
/// over gRPC, 429 with Retry-After over HTTP; over UDP nobody hears it, so it is counted only.
/// Ports, paths and content types are those of Jaeger 2.x.
///
/// Trap: a request is taken whole or not at all, but for spans without an id, which are counted as
/// invalid and told of in OTLP's partial success.
@NullMarked
package io.oriel.traces.receive;

import org.jspecify.annotations.NullMarked;
