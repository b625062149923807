package io.oriel.federation.storegateway;

import io.oriel.disk.Disk;
import io.oriel.federation.block.BlockFetcher;
import io.oriel.federation.block.MetaFilter;
import io.oriel.federation.bucket.Bucket;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;

/// What a store gateway works with; all of it stays the caller's.
///
/// @param filters which blocks are served, beside the gateway's time range; applied in order
/// @param nanos elapsed time
public record GatewayParts(
    Disk disk,
    Bucket bucket,
    BlockFetcher fetcher,
    List<MetaFilter> filters,
    IndexCache cache,
    GatewayMetrics metrics,
    InstantSource clock,
    LongSupplier nanos) {
  public GatewayParts {
    filters = List.copyOf(filters);
  }
}
