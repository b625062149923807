package io.oriel.search.template;

/// How many shards an index gets.
///
/// Shards between 10 and 50 GiB are what both engines' makers advise; many small ones cost heap and
/// cluster state, few large ones recover slowly.
///
/// @param primaries at least 1
/// @param replicas copies besides
public record ShardPlan(int primaries, int replicas) {
  private static final long TARGET_BYTES = 30L << 30;

  public ShardPlan {
    if (primaries < 1 || replicas < 0) {
      throw new IllegalArgumentException("want at least one primary and no negative replicas");
    }
  }

  /// For an index that takes {@code bytesPerIndex} before it is rolled over, on {@code dataNodes}
  /// nodes: as few shards as keep each at about 30 GiB, and one replica if there is a node for it.
  public static ShardPlan of(long bytesPerIndex, int dataNodes) {
    long shards = (bytesPerIndex + TARGET_BYTES - 1) / TARGET_BYTES;
    int primaries = (int) Math.clamp(shards, 1, Math.max(1, dataNodes) * 2L);
    return new ShardPlan(primaries, dataNodes > 1 ? 1 : 0);
  }
}
