package io.oriel.tsdb.chunk;

import io.oriel.disk.Crc32c;
import io.oriel.model.series.ChunkEncoding;
import io.oriel.model.series.SampleColumns;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Turns encoded chunks back into samples. Made to be reused, one per thread; not thread-safe.
public final class ChunkDecoder {
  private final BitReader in = new BitReader();
  private byte[] buffer = new byte[2048];
  private int taken;

  /// Appends the samples of a chunk from {@code min} to {@code max}, both inclusive, to {@code
  /// into}, oldest first.
  ///
  /// @param chunk the chunk's data, without length, encoding and checksum
  /// @throws io.oriel.model.error.OrielException of kind CORRUPT when it ends early or contradicts
  ///   itself
  public void decode(
      ChunkEncoding encoding, MemorySegment chunk, SampleColumns into, long min, long max) {
    int length = (int) chunk.byteSize();
    fit(length);
    MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, 0, buffer, 0, length);
    decodeBuffer(encoding, 0, length, into, min, max);
  }

  /// As the other `decode`, for {@code length} bytes of an array.
  public void decode(
      ChunkEncoding encoding, byte[] chunk, int length, SampleColumns into, long min, long max) {
    fit(length);
    System.arraycopy(chunk, 0, buffer, 0, length);
    decodeBuffer(encoding, 0, length, into, min, max);
  }

  /// Takes over a chunk as it is stored, the byte that says its encoding first, for {@link
  /// #decodeTaken}.
  ///
  /// @param at where it starts in {@code file}
  /// @param length of encoding and data together
  /// @return the CRC-32C of both
  public int take(MemorySegment file, long at, int length) {
    fit(length);
    MemorySegment.copy(file, ValueLayout.JAVA_BYTE, at, buffer, 0, length);
    taken = length;
    return Crc32c.of(buffer, 0, length);
  }

  /// Appends the samples of the chunk taken last, as `decode` does.
  public void decodeTaken(SampleColumns into, long min, long max) {
    decodeBuffer(ChunkEncoding.ofCode(buffer[0] & 0xFF), 1, taken - 1, into, min, max);
  }

  private void fit(int length) {
    if (buffer.length < length + BitReader.PADDING) {
      buffer = new byte[length + (length >> 1) + BitReader.PADDING];
    }
  }

  private void decodeBuffer(
      ChunkEncoding encoding, int from, int length, SampleColumns into, long min, long max) {
    if (length < 2) {
      throw BitReader.corrupt("got " + length + " bytes, want at least 2");
    }
    Arrays.fill(buffer, from + length, from + length + BitReader.PADDING, (byte) 0);
    in.reset(buffer, from, length);
    try {
      switch (encoding) {
        case XOR -> XorCodec.decode(in, into, min, max);
        case XOR2 -> Xor2Codec.decode(in, into, min, max);
        case HISTOGRAM, FLOAT_HISTOGRAM, HISTOGRAM_START, FLOAT_HISTOGRAM_START ->
            HistogramCodec.decode(in, encoding, into, min, max);
      }
    } catch (IndexOutOfBoundsException _) {
      throw BitReader.corrupt("its samples go on behind its " + length + " bytes");
    }
  }

  /// How many samples a chunk has.
  public static int count(ChunkEncoding encoding, MemorySegment chunk) {
    int raw =
        (chunk.get(ValueLayout.JAVA_BYTE, 0) & 0xFF) << 8
            | (chunk.get(ValueLayout.JAVA_BYTE, 1) & 0xFF);
    boolean flagged =
        encoding == ChunkEncoding.HISTOGRAM_START
            || encoding == ChunkEncoding.FLOAT_HISTOGRAM_START;
    return flagged ? raw & 0x3FFF : raw;
  }
}
