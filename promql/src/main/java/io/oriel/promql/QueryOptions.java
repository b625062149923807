package io.oriel.promql;

import java.time.Duration;

/// What one query wants otherwise than its engine.
///
/// @param lookback how old the newest sample may be; zero for the engine's
/// @param timeout how long it may take; zero for the engine's, which is also the longest
/// @param analyze whether to measure each operator
public record QueryOptions(Duration lookback, Duration timeout, boolean analyze) {
  /** Nothing special. */
  public static final QueryOptions DEFAULT = new QueryOptions(Duration.ZERO, Duration.ZERO, false);

  /// The same, with each operator measured.
  public QueryOptions analyzed() {
    return new QueryOptions(lookback, timeout, true);
  }
}
