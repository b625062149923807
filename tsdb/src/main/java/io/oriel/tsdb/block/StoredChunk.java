package io.oriel.tsdb.block;

import java.nio.ByteBuffer;

/// A chunk as it lies in a block, whose encoding need not be one of Prometheus': downsampled blocks
/// hold Thanos' aggregate chunks (0xff).
///
/// @param minMillis time of the first sample
/// @param maxMillis time of the last sample, inclusive
/// @param encoding the byte that names the encoding
/// @param data the chunk's bytes without length, encoding byte and checksum; not to be moved
public record StoredChunk(long minMillis, long maxMillis, int encoding, ByteBuffer data) {}
