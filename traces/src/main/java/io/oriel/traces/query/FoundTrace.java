package io.oriel.traces.query;

import io.oriel.model.trace.TraceId;

/// A trace that a search found.
///
/// @param window around its matching spans and what may belong to them; where to look for the rest
public record FoundTrace(TraceId id, TimeWindow window) {}
