package io.oriel.federation.storegateway;

import io.oriel.model.labels.Labels;
import io.oriel.tsdb.index.ChunkMeta;
import io.oriel.tsdb.index.SegmentCursor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A series as a request sees it.
///
/// @param own its labels in the block
/// @param shown its labels in the answer
/// @param chunks those within the time range
record SeriesEntry(Labels own, Labels shown, List<ChunkMeta> chunks) {
  /// An entry of the index taken apart as far as its numbers.
  static final class Raw {
    private final long[] symbols;
    private final List<ChunkMeta> chunks = new ArrayList<>();

    /// @param entry as {@link SeriesFetch} gives it
    Raw(String object, byte[] entry, long minMillis, long maxMillis) {
      SegmentCursor in = new SegmentCursor(object, MemorySegment.ofArray(entry), 0);
      symbols = new long[2 * in.length(in.uvarint())];
      for (int i = 0; i < symbols.length; i++) {
        symbols[i] = in.uvarint();
      }
      int count = in.length(in.uvarint());
      long min = 0;
      long max = 0;
      long reference = 0;
      for (int i = 0; i < count; i++) {
        min = i == 0 ? in.varint() : max + in.uvarint();
        max = min + in.uvarint();
        reference = i == 0 ? in.uvarint() : reference + in.varint();
        if (min <= maxMillis && max >= minMillis) {
          chunks.add(new ChunkMeta(reference, min, max));
        }
      }
    }

    /// The chunks within the time range.
    List<ChunkMeta> chunks() {
      return chunks;
    }

    Labels labels(IndexHeader header) {
      String[] pairs = new String[symbols.length];
      for (int i = 0; i < pairs.length; i++) {
        pairs[i] = header.symbol(symbols[i]);
      }
      return Labels.ofSorted(pairs);
    }
  }
}
