package io.oriel.traces.assemble;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.trace.Span;
import io.oriel.wire.jaegerquery.JaegerParts;
import java.util.ArrayList;
import java.util.List;

/// What somebody should know of a span that was changed or is odd. They travel as an attribute, as
/// Jaeger's do.
final class SpanWarnings {
  private SpanWarnings() {}

  /// The span with one more warning.
  static Span add(Span span, String warning) {
    List<AttributeValue> all = new ArrayList<>();
    JaegerParts.warnings(span).forEach(text -> all.add(AttributeValue.of(text)));
    all.add(AttributeValue.of(warning));
    return span.withAttributes(
        span.attributes().with(JaegerParts.WARNINGS, new AttributeValue.ListOf(all)));
  }
}
