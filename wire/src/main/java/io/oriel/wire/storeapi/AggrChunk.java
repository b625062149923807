package io.oriel.wire.storeapi;

import org.jspecify.annotations.Nullable;

/// A time span of one series: its samples, or aggregates of them.
///
/// @param minMillis time of the first sample, Unix milliseconds
/// @param maxMillis time of the last sample, inclusive
public record AggrChunk(
    long minMillis,
    long maxMillis,
    @Nullable StoreChunk raw,
    @Nullable StoreChunk count,
    @Nullable StoreChunk sum,
    @Nullable StoreChunk min,
    @Nullable StoreChunk max,
    @Nullable StoreChunk counter) {
  /// Samples as they are.
  public static AggrChunk raw(long minMillis, long maxMillis, StoreChunk chunk) {
    return new AggrChunk(minMillis, maxMillis, chunk, null, null, null, null, null);
  }

  /// The part that is {@code aggregate}, or null.
  public @Nullable StoreChunk get(Aggregate aggregate) {
    return switch (aggregate) {
      case RAW -> raw;
      case COUNT -> count;
      case SUM -> sum;
      case MIN -> min;
      case MAX -> max;
      case COUNTER -> counter;
    };
  }
}
