package io.oriel.federation.bucket;

import io.oriel.disk.Disk;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// What a bucket is built with.
///
/// @param disk for a bucket that is a directory
/// @param nanos elapsed time
/// @param random for pauses; thread-safe
public record BucketParts(
    Disk disk,
    BucketMetrics metrics,
    InstantSource clock,
    LongSupplier nanos,
    Pause pause,
    RandomGenerator random) {}
