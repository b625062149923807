package io.oriel.wire.otlp;

import io.oriel.model.error.LimitExceeded;

/// How much one request may unfold into: a few bytes on the wire can stand for an object of a
/// hundred. Not thread-safe.
final class SpanBounds {
  /** Spans, events, links, attributes and values within values, taken together. */
  static final int MAX_ELEMENTS = 2_000_000;

  static final int MAX_DEPTH = 64;

  private int elements;

  void element() {
    if (++elements > MAX_ELEMENTS) {
      throw new LimitExceeded("elements of an OTLP request", MAX_ELEMENTS, elements);
    }
  }
}
