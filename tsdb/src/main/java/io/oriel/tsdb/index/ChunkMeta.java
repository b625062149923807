package io.oriel.tsdb.index;

/// Where a chunk is and which time it covers.
///
/// @param reference segment number in the upper, offset in the lower 32 bits
/// @param minMillis time of its first sample
/// @param maxMillis time of its last sample, inclusive
public record ChunkMeta(long reference, long minMillis, long maxMillis) {
  /// Whether it may have samples from {@code min} to {@code max}, both inclusive.
  public boolean overlaps(long min, long max) {
    return minMillis <= max && maxMillis >= min;
  }
}
