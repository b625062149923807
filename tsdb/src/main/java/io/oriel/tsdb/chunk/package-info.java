/// Runs of samples in few bytes: Prometheus' chunk encodings.
///
/// Start at {@link ChunkDecoder} to read, at {@link ChunkWriter} to write. XOR (1), histogram (2)
/// and float histogram (3) are written and read; XOR2 (4) and the two with start timestamps (5, 6)
/// are read only, because no Thanos of today reads them. Bytes: docs/formats/chunks.md, compatible
/// with tsdb/docs/format/chunks.md upstream.
///
/// Reading goes straight into the arrays of a `SampleColumns`, 64 bits at a time. Trap: the bit
/// reader looks up to eight bytes ahead, so what it reads must be followed by {@link
/// BitReader#PADDING} bytes that it may touch.
@NullMarked
package io.oriel.tsdb.chunk;

import org.jspecify.annotations.NullMarked;
