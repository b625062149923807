package io.oriel.app.role;

import io.oriel.federation.bucket.BucketConfig;
import io.oriel.runtime.grpc.GrpcServerConfig;
import java.util.Optional;

/// What a metrics role does for other clusters.
///
/// @param grpc where StoreAPI is served
/// @param bucket where finished blocks go
public record SharingOptions(Optional<GrpcServerConfig> grpc, Optional<BucketConfig> bucket) {
  /// Nothing: a plain Prometheus.
  public static SharingOptions nothing() {
    return new SharingOptions(Optional.empty(), Optional.empty());
  }
}
