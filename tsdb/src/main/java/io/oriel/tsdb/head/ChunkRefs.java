package io.oriel.tsdb.head;

import io.oriel.model.series.EncodedChunk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Where the full chunks of a series are, in the order they were written. Immutable, 24 bytes a
/// chunk.
final class ChunkRefs {
  static final ChunkRefs NONE = new ChunkRefs(new long[0]);
  private static final int WIDTH = 3;

  /** Reference, first time, last time; and again. */
  private final long[] triples;

  private ChunkRefs(long[] triples) {
    this.triples = triples;
  }

  int size() {
    return triples.length / WIDTH;
  }

  ChunkRefs with(long reference, long minMillis, long maxMillis) {
    long[] more = Arrays.copyOf(triples, triples.length + WIDTH);
    more[triples.length] = reference;
    more[triples.length + 1] = minMillis;
    more[triples.length + 2] = maxMillis;
    return new ChunkRefs(more);
  }

  long reference(int i) {
    return triples[WIDTH * i];
  }

  long min(int i) {
    return triples[WIDTH * i + 1];
  }

  long max(int i) {
    return triples[WIDTH * i + 2];
  }

  long firstMin() {
    return min(0);
  }

  long lastMax() {
    return max(size() - 1);
  }

  boolean overlaps(long minMillis, long maxMillis) {
    for (int i = 0; i < size(); i++) {
      if (min(i) <= maxMillis && max(i) >= minMillis) {
        return true;
      }
    }
    return false;
  }

  /// The chunks that overlap a range, both ends inclusive.
  List<EncodedChunk> load(HeadChunkFiles files, long minMillis, long maxMillis) {
    List<EncodedChunk> found = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      if (min(i) <= maxMillis && max(i) >= minMillis) {
        HeadChunkFiles.Stored stored = files.chunk(reference(i));
        found.add(
            new EncodedChunk(
                min(i),
                max(i),
                stored.encoding(),
                stored.data().asByteBuffer().asReadOnlyBuffer()));
      }
    }
    return found;
  }

  /// Without the first chunks that end before {@code minMillis}.
  ChunkRefs from(long minMillis) {
    int drop = 0;
    while (drop < size() && max(drop) < minMillis) {
      drop++;
    }
    return drop == 0 ? this : without(drop);
  }

  /// Without the chunks up to {@code reference}.
  ChunkRefs behind(long reference) {
    int drop = 0;
    while (drop < size() && reference(drop) <= reference) {
      drop++;
    }
    return drop == 0 ? this : without(drop);
  }

  private ChunkRefs without(int drop) {
    return drop == size()
        ? NONE
        : new ChunkRefs(Arrays.copyOfRange(triples, WIDTH * drop, triples.length));
  }

  /// The number of the oldest file among them; the largest number when there are none.
  int oldestFile() {
    return size() == 0 ? Integer.MAX_VALUE : (int) (reference(0) >>> 32);
  }
}
