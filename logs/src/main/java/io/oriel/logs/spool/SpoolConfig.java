package io.oriel.logs.spool;

import io.oriel.model.error.OrielException;

/// How much the spool holds and what it does when that is reached.
///
/// @param maxBytes of all its segments together
/// @param segmentBytes after which a new segment begins
public record SpoolConfig(long maxBytes, int segmentBytes, WhenFull whenFull) {
  /// What happens to a chunk for which there is no room.
  public enum WhenFull {
    /** Its file is read no further until there is. */
    BLOCK,
    /** It is counted and forgotten. */
    DROP
  }

  public SpoolConfig {
    if (segmentBytes < 1 || maxBytes < segmentBytes) {
      throw OrielException.invalid(
          "spool: got max_size " + maxBytes + ", want at least segment_size " + segmentBytes);
    }
  }

  /// 1 GiB in segments of 16 MiB; blocks.
  public static SpoolConfig standard() {
    return new SpoolConfig(1L << 30, 16 << 20, WhenFull.BLOCK);
  }
}
