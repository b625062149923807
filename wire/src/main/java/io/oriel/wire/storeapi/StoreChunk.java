package io.oriel.wire.storeapi;

import io.oriel.model.series.ChunkEncoding;
import java.nio.ByteBuffer;

/// An encoded chunk as it is sent.
///
/// @param encoding only XOR, HISTOGRAM and FLOAT_HISTOGRAM have a number in this protocol
/// @param data the chunk's bytes, not to be moved; a view of the received message, if it was
///   received
public record StoreChunk(ChunkEncoding encoding, ByteBuffer data) {}
