package io.oriel.model.trace;

import io.oriel.model.attribute.Attributes;

/// Something that happened within a span.
///
/// @param timeNanos Unix nanoseconds
/// @param droppedAttributes how many its sender left out
public record SpanEvent(
    long timeNanos, String name, Attributes attributes, int droppedAttributes) {}
