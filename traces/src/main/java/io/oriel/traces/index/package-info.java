/// Spans as documents, both ways, and the indices that hold them: Jaeger's Elasticsearch schema.
///
/// It exists so that a real Jaeger reads what we write and we read what it wrote. {@link
/// SpanEncoder} and {@link SpanDecoder} are the doors for documents, {@link IndexNames} says where
/// they go, {@link SpanIndices} makes ready what must be there before. Format: Jaeger 2.x,
/// `internal/storage/v2/elasticsearch` and its index templates.
///
/// Trap: the schema keeps microseconds, lists and maps as JSON text, and no counts of what was
/// dropped; so a span that was read is not always the one that was written.
@NullMarked
package io.oriel.traces.index;

import org.jspecify.annotations.NullMarked;
