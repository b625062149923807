/// What people and their tools ask for traces with: Jaeger's HTTP APIs v1 and v3, its gRPC, and its
/// storage protocol.
///
/// It exists so that Jaeger's UI, Grafana and an unmodified Jaeger work against us. Start at {@link
/// TracesApi}, {@link TracesApiV3} and {@link TraceServices}; {@link Traces} is what all of them
/// ask. Documents: Jaeger 2.x, `uimodel/json/model.go` and jaeger-idl.
///
/// Trap: answers are streamed trace by trace, so a failure in the middle breaks the connection off;
/// whatever can be refused is refused before the first byte.
@NullMarked
package io.oriel.traces.api;

import org.jspecify.annotations.NullMarked;
