package io.oriel.app.role.metrics;

import io.oriel.federation.bucket.BucketConfig;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.tsdb.TsdbOptions;
import java.time.Duration;
import java.util.Optional;

/// What a metrics role does for other clusters.
///
/// @param grpc where StoreAPI is served
/// @param bucket where finished blocks go
/// @param early how often samples go there that are in no block yet; zero for never
/// @param blockRange length of the database's blocks
public record SharingOptions(
    Optional<GrpcServerConfig> grpc,
    Optional<BucketConfig> bucket,
    Duration early,
    Duration blockRange) {
  /// Without early blocks.
  public SharingOptions(Optional<GrpcServerConfig> grpc, Optional<BucketConfig> bucket) {
    this(grpc, bucket, Duration.ZERO, TsdbOptions.defaults().blockRange());
  }

  /// Nothing: a plain Prometheus.
  public static SharingOptions nothing() {
    return new SharingOptions(Optional.empty(), Optional.empty());
  }

  /// The same with early blocks.
  public SharingOptions withEarly(Duration interval, Duration range) {
    return new SharingOptions(grpc, bucket, interval, range);
  }
}
