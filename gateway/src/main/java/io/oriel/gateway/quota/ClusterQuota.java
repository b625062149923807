package io.oriel.gateway.quota;

import io.oriel.model.error.OrielException;

/// What one cluster may send; zero stands for no limit.
///
/// @param bytesPerSecond of bodies, after decompression
/// @param documentsPerSecond in bulks and one by one
/// @param concurrentRequests being answered at once
public record ClusterQuota(long bytesPerSecond, long documentsPerSecond, int concurrentRequests) {
  /// No limit.
  public static final ClusterQuota NONE = new ClusterQuota(0, 0, 0);

  public ClusterQuota {
    if (bytesPerSecond < 0 || documentsPerSecond < 0 || concurrentRequests < 0) {
      throw OrielException.invalid("quota: want no negative number");
    }
  }
}
