/// What spans, log records and their resources say about themselves: names with values.
///
/// Start at {@link Attributes}. Values are those of OpenTelemetry's `AnyValue` (OTLP 1.x): text,
/// truth, whole and real numbers, bytes, lists and maps. Everything here is immutable.
@NullMarked
package io.oriel.model.attribute;

import org.jspecify.annotations.NullMarked;
