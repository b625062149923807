package io.oriel.wire.jaegerquery;

import io.oriel.model.trace.TraceId;
import java.util.OptionalLong;

/// Asks for one trace.
///
/// @param from Unix microseconds, if it was said
/// @param to Unix microseconds, if it was said
/// @param raw whether it is wanted as it was stored
public record TraceRequest(TraceId id, OptionalLong from, OptionalLong to, boolean raw) {}
