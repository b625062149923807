package io.oriel.tsdb.index;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The strings of an index, made when first asked for and shared from then on. Thread-safe.
final class SymbolTable {
  private final String name;
  private final MemorySegment bytes;
  private final int[] offsets;
  private final long base;

  /** By ordinal; filled without locks, because two equal strings do no harm. */
  private final String[] known;

  /** Version 1 names symbols by their offset in the file. */
  private final Map<Long, String> byOffset = new ConcurrentHashMap<>();

  private final int version;

  SymbolTable(String name, MemorySegment bytes, long start, int version) {
    this.name = name;
    this.bytes = bytes;
    this.version = version;
    this.base = start;
    SegmentCursor cursor = new SegmentCursor(name, bytes, start);
    int count = cursor.int32();
    cursor.length(count);
    offsets = new int[version == 1 ? 0 : count];
    known = new String[offsets.length];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = (int) (cursor.position() - start);
      cursor.skipText();
    }
  }

  int size() {
    return offsets.length;
  }

  String get(long reference) {
    if (version == 1) {
      return byOffset.computeIfAbsent(
          reference, offset -> new SegmentCursor(name, bytes, offset).text());
    }
    if (reference < 0 || reference >= offsets.length) {
      throw new SegmentCursor(name, bytes, base)
          .corrupt("symbol " + reference + ", want less than " + offsets.length);
    }
    int i = (int) reference;
    String text = known[i];
    if (text == null) {
      text = new SegmentCursor(name, bytes, base + (offsets[i] & 0xFFFFFFFFL)).text();
      known[i] = text;
    }
    return text;
  }
}
