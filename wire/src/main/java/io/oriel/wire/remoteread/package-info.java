/// Remote read: queries in, samples or streamed XOR chunks out.
///
/// Start at {@link ReadRequest}, {@link SampledResponse} and {@link ChunkedResponse}. Format:
/// Prometheus prompb/remote.proto; streamed frames are an unsigned varint length, a big-endian
/// CRC-32C of the payload, and the payload, a `prometheus.ChunkedReadResponse`.
///
/// Trap: chunk encodings are numbered as on disk (XOR is 1), not as in Thanos' StoreAPI.
@NullMarked
package io.oriel.wire.remoteread;

import org.jspecify.annotations.NullMarked;
