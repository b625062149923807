package io.oriel.model.series;

import java.nio.ByteBuffer;

/// A run of one series' samples in one of Prometheus' chunk encodings.
///
/// @param minMillis time of the first sample, Unix milliseconds
/// @param maxMillis time of the last sample, inclusive
/// @param data the chunk's bytes without length, encoding byte and checksum; read-only, not to be
///   moved, valid as long as the series it came from
public record EncodedChunk(
    long minMillis, long maxMillis, ChunkEncoding encoding, ByteBuffer data) {}
