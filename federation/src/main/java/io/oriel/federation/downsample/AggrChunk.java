package io.oriel.federation.downsample;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.series.ChunkEncoding;
import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.chunk.ChunkWriter;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// Thanos' aggregate chunk (encoding 0xff): one ordinary chunk per {@link Aggregate}, some of which
/// may be absent. Immutable; a view of the bytes it was read from.
///
/// For count, sum, min, max and counter in this order: the length as an unsigned varint, zero for
/// an absent one; else one byte for the encoding, which the length leaves out, and the data.
public final class AggrChunk {
  /** The byte that names the encoding. */
  public static final int ENCODING = 0xFF;

  private final Map<Aggregate, Part> parts;

  /// One of the chunks.
  ///
  /// @param data without encoding byte; read-only, not to be moved
  public record Part(ChunkEncoding encoding, ByteBuffer data) {
    /// How many samples it has.
    public int count() {
      return ChunkDecoder.count(encoding, MemorySegment.ofBuffer(data));
    }
  }

  private AggrChunk(Map<Aggregate, Part> parts) {
    this.parts = parts;
  }

  /// Takes a chunk apart.
  ///
  /// @param data the chunk's bytes without its own encoding byte; must not change
  /// @throws OrielException of kind CORRUPT when it ends early
  public static AggrChunk parse(ByteBuffer data) {
    ByteBuffer in = data.duplicate();
    Map<Aggregate, Part> parts = new EnumMap<>(Aggregate.class);
    for (Aggregate aggregate : Aggregate.values()) {
      long length = uvarint(in);
      if (length == 0) {
        continue;
      }
      if (length < 0 || length + 1 > in.remaining()) {
        throw corrupt(aggregate + ": got " + in.remaining() + " bytes, want " + (length + 1));
      }
      ChunkEncoding encoding = ChunkEncoding.ofCode(in.get() & 0xFF);
      parts.put(
          aggregate, new Part(encoding, in.slice(in.position(), (int) length).asReadOnlyBuffer()));
      in.position(in.position() + (int) length);
    }
    return new AggrChunk(parts);
  }

  private static long uvarint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!in.hasRemaining()) {
        throw corrupt("it ends within a length");
      }
      byte next = in.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw corrupt("a length has more than 64 bits");
  }

  private static OrielException corrupt(String problem) {
    return new OrielException(Kind.CORRUPT, "aggregate chunk: " + problem);
  }

  /// The chunk of one aggregate, if there is one.
  public Optional<Part> part(Aggregate aggregate) {
    return Optional.ofNullable(parts.get(aggregate));
  }

  /// Whether it is of native histograms.
  public boolean isHistogram() {
    Part counter = parts.get(Aggregate.COUNTER);
    return counter != null
        && counter.encoding() != ChunkEncoding.XOR
        && counter.encoding() != ChunkEncoding.XOR2;
  }

  /// How many windows it has.
  public int windows() {
    return part(Aggregate.COUNT).map(Part::count).orElse(0);
  }

  /// Appends all samples of one aggregate to {@code into}; none when it is absent.
  public void read(Aggregate aggregate, ChunkDecoder decoder, SampleColumns into) {
    Part part = parts.get(aggregate);
    if (part != null) {
      MemorySegment bytes = MemorySegment.ofBuffer(part.data());
      decoder.decode(part.encoding(), bytes, into, Long.MIN_VALUE, Long.MAX_VALUE);
    }
  }

  /// The bytes of a chunk made of {@code parts}.
  static ByteBuffer encode(Map<Aggregate, ChunkWriter> parts) {
    int size = 0;
    for (ChunkWriter part : parts.values()) {
      size += part.size() + 6;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(size + Aggregate.values().length);
    for (Aggregate aggregate : Aggregate.values()) {
      ChunkWriter part = parts.get(aggregate);
      if (part == null || part.count() == 0) {
        out.write(0);
        continue;
      }
      int rest = part.size();
      while (rest >= 0x80) {
        out.write(rest & 0x7F | 0x80);
        rest >>>= 7;
      }
      out.write(rest);
      out.write(part.encoding().code());
      out.write(part.bytes(), 0, part.size());
    }
    return ByteBuffer.wrap(out.toByteArray());
  }
}
