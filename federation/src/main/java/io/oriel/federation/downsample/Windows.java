package io.oriel.federation.downsample;

/// Where windows end and how many of them make a chunk.
final class Windows {
  private static final int MOST_PER_CHUNK = 140;

  private Windows() {}

  /// The time that stands for the window of width {@code resolution} which {@code time} falls into:
  /// its last millisecond, as a block's range excludes its end.
  static long end(long time, long resolution) {
    return time - time % resolution + resolution - 1;
  }

  /// Into how many chunks to divide samples so that each has about 140 windows at most.
  ///
  /// @param inMillis distance of the samples that is assumed
  static int chunks(long min, long max, long inMillis, long outMillis, int samples) {
    long whole = (max - min) / outMillis;
    double fullness = Math.min(1, samples / ((double) (max - min) / inMillis));
    double windows = whole * fullness;
    int expected = (Double.isNaN(windows) ? 0 : (int) windows) + 1;
    int chunks = 1;
    while (expected / chunks > MOST_PER_CHUNK) {
      chunks++;
    }
    return chunks;
  }
}
