package io.oriel.wire.jaegerquery;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/// Asks for traces: `TraceQueryParameters` of all three protocols.
///
/// @param service empty for any
/// @param operation empty for any
/// @param tags values as text
/// @param bounds of start and duration
/// @param depth most traces; 0 for upstream's default
/// @param mode what is asked for beside
public record SearchParameters(
    String service,
    String operation,
    Map<String, String> tags,
    Bounds bounds,
    int depth,
    Mode mode) {
  /// Times in Unix microseconds, if they were said; durations in microseconds, 0 for none.
  public record Bounds(OptionalLong from, OptionalLong to, long minDuration, long maxDuration) {}

  /// How it is asked.
  public enum Mode {
    /** As people read them. */
    ADJUSTED,
    /** As they were stored. */
    RAW,
    /** With a structured filter, which stands in no other field. */
    FILTERED
  }

  public SearchParameters {
    tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
  }
}
