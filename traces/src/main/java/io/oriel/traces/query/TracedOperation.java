package io.oriel.traces.query;

/// What a service does.
///
/// @param spanKind Jaeger's word: server, client…; empty when it is not known
public record TracedOperation(String name, String spanKind) {}
