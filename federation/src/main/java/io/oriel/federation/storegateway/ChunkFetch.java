package io.oriel.federation.storegateway;

import io.oriel.disk.Crc32c;
import io.oriel.federation.store.ChunkNumbers;
import io.oriel.model.error.CorruptionException;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.series.ChunkEncoding;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.chunk.SampleEncoder;
import io.oriel.tsdb.index.ChunkMeta;
import io.oriel.wire.storeapi.AggrChunk;
import io.oriel.wire.storeapi.Aggregate;
import io.oriel.wire.storeapi.StoreChunk;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads the chunks of series. A damaged chunk is left out and reported; its series goes on without
/// it. For one thread.
final class ChunkFetch {
  private static final int MOST_LENGTH_BYTES = 10;
  private static final long MOST_OFFSET = 0xFFFFFFFFL;

  private final Reading reading;
  private final List<Aggregate> aggregates;
  private final Consumer<OrielException> damaged;

  /// @param aggregates what is wanted of downsampled chunks
  /// @param damaged told of each chunk that is left out
  ChunkFetch(Reading reading, List<Aggregate> aggregates, Consumer<OrielException> damaged) {
    this.reading = reading;
    this.aggregates = aggregates;
    this.damaged = damaged;
  }

  private record Load(ChunkMeta chunk, int series, int ordinal) {
    long segment() {
      return chunk.reference() >>> 32;
    }

    long offset() {
      return chunk.reference() & MOST_OFFSET;
    }
  }

  /// The chunks of each of {@code entries}, in their order.
  List<List<AggrChunk>> load(List<SeriesEntry> entries) {
    List<Load> loads = new ArrayList<>();
    List<List<@Nullable List<AggrChunk>>> found = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      List<ChunkMeta> chunks = entries.get(i).chunks();
      found.add(new ArrayList<>(Collections.nCopies(chunks.size(), null)));
      for (int k = 0; k < chunks.size(); k++) {
        loads.add(new Load(chunks.get(k), i, k));
      }
    }
    loads.sort(Comparator.comparingLong(load -> load.chunk().reference()));
    reading.metrics().dataTouched.labelValues("chunks").observe(loads.size());
    int from = 0;
    while (from < loads.size()) {
      int to = from;
      while (to < loads.size() && loads.get(to).segment() == loads.get(from).segment()) {
        to++;
      }
      load(loads.subList(from, to), found);
      from = to;
    }
    List<List<AggrChunk>> all = new ArrayList<>(found.size());
    for (List<@Nullable List<AggrChunk>> series : found) {
      List<AggrChunk> chunks = new ArrayList<>(series.size());
      for (List<AggrChunk> some : series) {
        if (some != null) {
          chunks.addAll(some);
        }
      }
      all.add(chunks);
    }
    return all;
  }

  /// Loads chunks of one segment.
  private void load(List<Load> loads, List<List<@Nullable List<AggrChunk>>> found) {
    List<ByteRange> ranges = new ArrayList<>(loads.size());
    for (Load load : loads) {
      ranges.add(new ByteRange(load.offset(), load.offset() + reading.block().chunkBytes()));
    }
    String object = reading.block().chunkObject(loads.getFirst().segment());
    List<ByteRange.Part> parts = ByteRange.partition(ranges, Reading.MOST_GAP, Reading.MOST_PART);
    reading.eachPart(
        object,
        parts,
        (part, bytes) -> {
          for (Load load : loads.subList(part.from(), part.to())) {
            found.get(load.series()).set(load.ordinal(), read(object, load, part, bytes));
          }
        });
    long size = parts.stream().mapToLong(ByteRange.Part::length).sum();
    reading.metrics().dataFetched.labelValues("chunks").observe(loads.size());
    reading.metrics().bytesFetched.labelValues("chunks").observe((double) size);
  }

  private List<AggrChunk> read(String object, Load load, ByteRange.Part part, byte[] bytes) {
    try {
      return chunks(load.chunk(), stored(object, load.offset(), part.start(), bytes));
    } catch (OrielException e) {
      if (e.kind() != Kind.CORRUPT) {
        throw e;
      }
      damaged.accept(e);
      return List.of();
    }
  }

  /// Encoding and data of a chunk, its checksum verified, in an array of their own.
  private byte[] stored(String object, long at, long start, byte[] bytes) {
    int offset = (int) Math.min(at - start, bytes.length);
    ByteBuffer in = ByteBuffer.wrap(bytes, offset, bytes.length - offset);
    if (in.remaining() < MOST_LENGTH_BYTES) {
      in = ByteBuffer.wrap(Arrays.copyOfRange(bytes, offset, offset + MOST_LENGTH_BYTES));
    }
    int before = in.position();
    long length = uvarint(object, at, in) + 1;
    int head = in.position() - before;
    int whole = RemoteBlock.believable(object, at, head + length + 4);
    if (whole <= bytes.length - offset) {
      return checked(object, at, bytes, offset + head, (int) length);
    }
    reading.metrics().chunkRefetches.inc();
    byte[] again = reading.block().read(object, at, whole, reading.budget());
    if (again.length < whole) {
      throw new CorruptionException(
          object, at, "chunk: got " + again.length + " bytes, want " + whole);
    }
    return checked(object, at, again, head, (int) length);
  }

  private static byte[] checked(String object, long at, byte[] bytes, int from, int length) {
    int got = Crc32c.of(bytes, from, length);
    int want = ByteBuffer.wrap(bytes).getInt(from + length);
    if (got != want) {
      throw new CorruptionException(
          object, at, "checksum mismatch: got 0x%08x, want 0x%08x".formatted(got, want));
    }
    return Arrays.copyOfRange(bytes, from, from + length);
  }

  private static long uvarint(String object, long at, ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      byte b = in.get();
      value |= (b & 0x7FL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new CorruptionException(object, at, "a chunk's length has more than 5 bytes");
  }

  private List<AggrChunk> chunks(ChunkMeta meta, byte[] stored) {
    int code = stored[0] & 0xFF;
    ByteBuffer data = ByteBuffer.wrap(stored, 1, stored.length - 1).slice().asReadOnlyBuffer();
    if (code == io.oriel.federation.downsample.AggrChunk.ENCODING) {
      return List.of(aggregated(meta, data));
    }
    ChunkEncoding encoding = ChunkEncoding.ofCode(code);
    if (ChunkNumbers.has(encoding)) {
      return List.of(
          AggrChunk.raw(meta.minMillis(), meta.maxMillis(), new StoreChunk(encoding, data)));
    }
    SampleColumns rows = new SampleColumns();
    MemorySegment bytes = MemorySegment.ofBuffer(data);
    new ChunkDecoder().decode(encoding, bytes, rows, Long.MIN_VALUE, Long.MAX_VALUE);
    List<AggrChunk> recoded = new ArrayList<>();
    for (EncodedChunk chunk : SampleEncoder.encode(rows)) {
      recoded.add(
          AggrChunk.raw(
              chunk.minMillis(),
              chunk.maxMillis(),
              new StoreChunk(chunk.encoding(), chunk.data())));
    }
    return recoded;
  }

  private AggrChunk aggregated(ChunkMeta meta, ByteBuffer data) {
    var parts = io.oriel.federation.downsample.AggrChunk.parse(data);
    return new AggrChunk(
        meta.minMillis(),
        meta.maxMillis(),
        null,
        part(parts, Aggregate.COUNT),
        part(parts, Aggregate.SUM),
        part(parts, Aggregate.MIN),
        part(parts, Aggregate.MAX),
        part(parts, Aggregate.COUNTER));
  }

  private @Nullable StoreChunk part(
      io.oriel.federation.downsample.AggrChunk parts, Aggregate wanted) {
    if (!aggregates.contains(wanted)) {
      return null;
    }
    io.oriel.federation.downsample.Aggregate aggregate =
        io.oriel.federation.downsample.Aggregate.valueOf(wanted.name());
    Optional<io.oriel.federation.downsample.AggrChunk.Part> part = parts.part(aggregate);
    return part.isEmpty() ? null : new StoreChunk(part.get().encoding(), part.get().data());
  }
}
