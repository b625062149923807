package io.oriel.traces.query;

import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import java.util.HashMap;
import java.util.Map;

/// Lets the spans of a trace share what is the same: each document says all of its process again,
/// and a trace has few of them. Not thread-safe.
final class Sharing {
  private static final int MOST = 10_000;

  private final Map<Resource, Resource> resources = new HashMap<>();
  private final Map<Scope, Scope> scopes = new HashMap<>();

  Span of(Span span) {
    return span.withResource(one(resources, span.resource())).withScope(one(scopes, span.scope()));
  }

  private static <T> T one(Map<T, T> known, T value) {
    T same = known.get(value);
    if (same != null) {
      return same;
    }
    if (known.size() < MOST) {
      known.put(value, value);
    }
    return value;
  }
}
