package io.oriel.federation.compact;

import io.oriel.disk.Disk;
import io.oriel.federation.block.BlockFetcher;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.Pause;
import io.oriel.federation.dedup.Deduplication;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// What a compactor is built with.
///
/// @param bucket stays the caller's
/// @param fetcher of the same bucket; its filters are given by the compactor
/// @param merge of overlapping blocks: CHAIN keeps every sample, PENALTY one replica's at a time
/// @param nanos elapsed time
/// @param random for the names of blocks; thread-safe
/// @param lease who this compactor is
public record CompactorParts(
    Disk disk,
    Bucket bucket,
    BlockFetcher fetcher,
    Deduplication merge,
    InstantSource clock,
    LongSupplier nanos,
    Pause pause,
    RandomGenerator random,
    CompactorMetrics metrics,
    BucketLease.Terms lease) {}
