package io.oriel.federation.bucket;

/// How hard to press on a bucket.
///
/// @param attempts how often to try what may work later, in all
/// @param concurrency how many operations may be under way at once
/// @param bytesPerSecond up and down together, zero for no limit
public record BucketLimits(int attempts, int concurrency, long bytesPerSecond) {
  /// Five attempts, 64 operations at once, all the bandwidth there is.
  public static BucketLimits standard() {
    return new BucketLimits(5, 64, 0);
  }
}
