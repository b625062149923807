package io.oriel.traces.query;

/// A stretch of time, both ends in it.
///
/// @param fromMicros Unix microseconds
/// @param toMicros Unix microseconds; before {@code fromMicros} nothing is in it
public record TimeWindow(long fromMicros, long toMicros) {
  /// No restriction.
  public static final TimeWindow ALWAYS = new TimeWindow(Long.MIN_VALUE, Long.MAX_VALUE);

  private static final long MICROS_PER_MILLI = 1000;

  /// Whether it restricts anything.
  public boolean isBounded() {
    return !equals(ALWAYS);
  }

  long fromMillis() {
    return Math.floorDiv(fromMicros, MICROS_PER_MILLI);
  }

  long toMillis() {
    return Math.ceilDiv(toMicros, MICROS_PER_MILLI);
  }
}
