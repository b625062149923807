package io.oriel.model.trace;

import io.oriel.model.attribute.Attributes;

/// A span that another one has to do with, without being its parent.
///
/// @param spanId eight bytes, big-endian
/// @param traceState W3C's, empty for none
/// @param flags W3C's, in the lowest byte
/// @param droppedAttributes how many its sender left out
public record SpanLink(
    TraceId traceId,
    long spanId,
    String traceState,
    int flags,
    Attributes attributes,
    int droppedAttributes) {}
