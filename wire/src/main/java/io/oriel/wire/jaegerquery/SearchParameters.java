package io.oriel.wire.jaegerquery;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Asks for traces: `TraceQueryParameters` of all three protocols.
///
/// @param service empty for any
/// @param operation empty for any
/// @param tags values as text
/// @param bounds of start and duration
/// @param depth most traces; 0 for upstream's default
/// @param form how they are wanted
/// @param filter what a span has to be like, if it was said; {@code service}, {@code operation},
///   {@code tags} and the durations say nothing then
public record SearchParameters(
    String service,
    String operation,
    Map<String, String> tags,
    Bounds bounds,
    int depth,
    Form form,
    Optional<FilterTerm.Call> filter) {
  /// Times in Unix microseconds, if they were said; durations in microseconds, 0 for none.
  public record Bounds(OptionalLong from, OptionalLong to, long minDuration, long maxDuration) {}

  /// How traces are wanted.
  public enum Form {
    /** As people read them. */
    ADJUSTED,
    /** As they were stored. */
    RAW
  }

  public SearchParameters {
    tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
  }
}
