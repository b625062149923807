package io.oriel.traces.query;

import java.util.List;

/// What of structured filters is served; what `storage.v2` tells a Jaeger above.
public final class SpanFilters {
  /** Where attributes may be; links are not indexed. */
  public static final List<String> LEVELS = List.of("span", "resource", "scope", "event");

  public static final List<String> OPERATORS =
      List.of(
          "and", "or", "not", "eq", "ne", "gt", "lt", "gte", "lte", "regex", "exists", "in",
          "not_in", "some");

  private SpanFilters() {}
}
