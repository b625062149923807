package io.oriel.federation.storegateway;

import io.oriel.disk.Crc32c;
import io.oriel.disk.MappedFile;
import io.oriel.model.error.CorruptionException;
import io.oriel.model.labels.Utf8Order;
import io.oriel.tsdb.index.SegmentCursor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// A block's symbols and postings offset table, mapped: Thanos' index-header, format 1, for index
/// formats 2 and 1. Thread-safe.
///
/// On the heap there is only where every n-th symbol and every n-th value of each label lies, as
/// numbers; the strings themselves stay in the file.
final class IndexHeader implements AutoCloseable {
  static final int MAGIC = 0xBAAAD792;
  static final int VERSION = 1;
  static final int HEADER_BYTES = 14;
  static final int TOC_BYTES = 20;
  static final int INDEX_HEADER_BYTES = 5;
  private static final int KNOWN_SYMBOLS = 1024;

  private final String name;
  private final MappedFile file;
  private final MemorySegment bytes;
  private final int sampling;
  private final int indexVersion;
  private final long postingsEnd;
  private final long tableEnd;
  private final int symbolCount;
  private final long[] symbolSamples;
  private final TreeMap<String, Values> names = new TreeMap<>(Utf8Order.COMPARATOR);

  /** By ordinal modulo size; a race only costs a look-up. */
  private final Symbol[] knownSymbols = new Symbol[KNOWN_SYMBOLS];

  private record Symbol(long reference, String text) {}

  /// The values of one label.
  private static final class Values {
    final Longs samples = new Longs();
    long count;
    long end;
  }

  /// A growing list of numbers.
  private static final class Longs {
    long[] items = new long[2];
    int size;

    void add(long item) {
      if (size == items.length) {
        items = Arrays.copyOf(items, 2 * size);
      }
      items[size++] = item;
    }

    void trim() {
      items = Arrays.copyOf(items, size);
    }
  }

  /// An entry of the postings offset table.
  private record Entry(String value, long offset) {}

  private IndexHeader(String name, MappedFile file, int sampling) {
    this.name = name;
    this.file = file;
    this.bytes = file.bytes();
    this.sampling = sampling;
    if (bytes.byteSize() < HEADER_BYTES + TOC_BYTES) {
      throw new CorruptionException(name, 0, "got " + bytes.byteSize() + " bytes");
    }
    SegmentCursor cursor = new SegmentCursor(name, bytes, 0);
    int magic = cursor.int32();
    int version = cursor.int8();
    if (magic != MAGIC || version != VERSION) {
      throw cursor.corrupt("magic and version: got 0x%08x, %d".formatted(magic, version));
    }
    indexVersion = cursor.int8();
    if (indexVersion != 1 && indexVersion != 2) {
      throw cursor.corrupt("index format: got " + indexVersion + ", want 1 or 2");
    }
    postingsEnd = cursor.int64();
    long toc = bytes.byteSize() - TOC_BYTES;
    checkCrc(toc, TOC_BYTES - 4);
    cursor.moveTo(toc);
    long symbolsAt = cursor.int64();
    long tableAt = cursor.int64();
    checkSection(symbolsAt);
    cursor.moveTo(symbolsAt + 4);
    symbolCount = cursor.length(cursor.int32() & 0xFFFFFFFFL);
    symbolSamples = sampleSymbols(cursor);
    tableEnd = checkSection(tableAt);
    cursor.moveTo(tableAt + 4);
    sampleTable(cursor);
  }

  /// A header over {@code file}, of which it takes ownership, also on failure.
  ///
  /// @param sampling how many values there are for one whose place is held on the heap
  /// @throws CorruptionException when it is not what was written
  static IndexHeader open(String name, MappedFile file, int sampling) {
    try {
      return new IndexHeader(name, file, sampling);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /// Checks a section's length and checksum; where its content ends.
  private long checkSection(long offset) {
    SegmentCursor cursor = new SegmentCursor(name, bytes, offset);
    long length = cursor.int32() & 0xFFFFFFFFL;
    if (length + 4 > bytes.byteSize() - cursor.position()) {
      throw cursor.corrupt("section of " + length + " bytes goes on behind the file's end");
    }
    checkCrc(offset + 4, length);
    return offset + 4 + length;
  }

  private void checkCrc(long offset, long length) {
    SegmentCursor cursor = new SegmentCursor(name, bytes, offset + length);
    int want = cursor.int32();
    int got = Crc32c.of(bytes.asSlice(offset, length));
    if (got != want) {
      throw new CorruptionException(
          name, offset, "checksum mismatch: got 0x%08x, want 0x%08x".formatted(got, want));
    }
  }

  private long[] sampleSymbols(SegmentCursor cursor) {
    Longs samples = new Longs();
    for (int i = 0; i < symbolCount; i++) {
      if (i % sampling == 0) {
        samples.add(cursor.position());
      }
      cursor.skipText();
    }
    samples.trim();
    return samples.items;
  }

  private void sampleTable(SegmentCursor cursor) {
    long count = cursor.length(cursor.int32() & 0xFFFFFFFFL);
    String last = "";
    Values values = null;
    int step = indexVersion == 1 ? 1 : sampling;
    for (long i = 0; i < count; i++) {
      long at = cursor.position();
      long keys = cursor.uvarint();
      if (keys != 2) {
        throw cursor.corrupt("postings offset table entry: got " + keys + " keys, want 2");
      }
      String label = cursor.text();
      if (values == null || !label.equals(last)) {
        values = names.computeIfAbsent(label, _ -> new Values());
        last = label;
      }
      cursor.skipText();
      cursor.uvarint();
      if (values.count % step == 0) {
        values.samples.add(at);
      }
      values.count++;
      values.end = cursor.position();
    }
    names.values().forEach(one -> one.samples.trim());
    if (indexVersion == 1) {
      names.values().forEach(this::sort);
    }
  }

  /// Format 1 does not promise sorted values.
  private void sort(Values values) {
    long[] sorted =
        Arrays.stream(values.samples.items)
            .boxed()
            .sorted((a, b) -> Utf8Order.compare(entry(a).value(), entry(b).value()))
            .mapToLong(Long::longValue)
            .toArray();
    System.arraycopy(sorted, 0, values.samples.items, 0, sorted.length);
  }

  /// Bytes on the heap, roughly.
  long heapBytes() {
    long bytesHeld = 512 + 8L * symbolSamples.length + 8L * KNOWN_SYMBOLS;
    for (Values values : names.values()) {
      bytesHeld += 160 + 8L * values.samples.size;
    }
    return bytesHeld;
  }

  /// Bytes that are mapped.
  long mappedBytes() {
    return bytes.byteSize();
  }

  /// The format of the index it was made of, 1 or 2.
  int indexVersion() {
    return indexVersion;
  }

  /// Where in the index the series of this reference starts.
  long seriesOffset(int reference) {
    long unsigned = reference & 0xFFFFFFFFL;
    return indexVersion == 1 ? unsigned : 16 * unsigned;
  }

  /// The string of this reference, as series entries have it.
  String symbol(long reference) {
    int slot = (int) (reference & (KNOWN_SYMBOLS - 1));
    Symbol known = knownSymbols[slot];
    if (known != null && known.reference() == reference) {
      return known.text();
    }
    String text = readSymbol(reference);
    knownSymbols[slot] = new Symbol(reference, text);
    return text;
  }

  private String readSymbol(long reference) {
    if (indexVersion == 1) {
      long at = reference + HEADER_BYTES - INDEX_HEADER_BYTES;
      return new SegmentCursor(name, bytes, at).text();
    }
    if (reference < 0 || reference >= symbolCount) {
      throw new CorruptionException(
          name, -1, "symbol: got " + reference + ", want less than " + symbolCount);
    }
    int ordinal = (int) reference;
    SegmentCursor cursor = new SegmentCursor(name, bytes, symbolSamples[ordinal / sampling]);
    for (int i = ordinal % sampling; i > 0; i--) {
      cursor.skipText();
    }
    return cursor.text();
  }

  /// All label names, in UTF-8 order.
  List<String> names() {
    List<String> all = new ArrayList<>(names.keySet());
    all.remove("");
    return all;
  }

  boolean hasName(String label) {
    return names.containsKey(label);
  }

  /// How many values a label has.
  long valueCount(String label) {
    Values values = names.get(label);
    return values == null ? 0 : values.count;
  }

  /// The values of a label, in UTF-8 order.
  List<String> values(String label) {
    Values values = names.get(label);
    if (values == null) {
      return List.of();
    }
    List<String> all = new ArrayList<>((int) values.count);
    if (indexVersion == 1) {
      for (long at : values.samples.items) {
        all.add(entry(at).value());
      }
      return all;
    }
    SegmentCursor cursor = new SegmentCursor(name, bytes, values.samples.items[0]);
    while (cursor.position() < values.end) {
      cursor.uvarint();
      cursor.skipText();
      all.add(cursor.text());
      cursor.uvarint();
    }
    return all;
  }

  /// Where in the index the list of the series with this label lies: its length, the number of
  /// references and the references, without checksum. A damaged table may make it empty.
  Optional<ByteRange> postings(String label, String value) {
    Values values = names.get(label);
    if (values == null) {
      return Optional.empty();
    }
    byte[] wanted = value.getBytes(StandardCharsets.UTF_8);
    int low = 0;
    int high = values.samples.size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (compareAt(values.samples.items[middle], wanted) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == 0) {
      return Optional.empty();
    }
    long from = values.samples.items[low - 1];
    return indexVersion == 1 ? find(from, from + 1, wanted) : find(from, values.end, wanted);
  }

  /// Looks among the entries that start from {@code from} to {@code to}, exclusive: those of
  /// another label follow.
  private Optional<ByteRange> find(long from, long to, byte[] wanted) {
    SegmentCursor cursor = new SegmentCursor(name, bytes, from);
    while (cursor.position() < to) {
      int order = compareAt(cursor.position(), wanted);
      if (order > 0) {
        return Optional.empty();
      }
      cursor.uvarint();
      cursor.skipText();
      cursor.skipText();
      long start = cursor.uvarint();
      if (order == 0) {
        long next = cursor.position() < tableEnd ? entry(cursor.position()).offset() : postingsEnd;
        return Optional.of(new ByteRange(start, Math.max(start + 8, next - 4)));
      }
    }
    return Optional.empty();
  }

  private Entry entry(long at) {
    SegmentCursor cursor = new SegmentCursor(name, bytes, at);
    cursor.uvarint();
    cursor.skipText();
    return new Entry(cursor.text(), cursor.uvarint());
  }

  /// How the value of the entry at {@code at} compares with {@code wanted}.
  private int compareAt(long at, byte[] wanted) {
    SegmentCursor cursor = new SegmentCursor(name, bytes, at);
    cursor.uvarint();
    cursor.skipText();
    int length = cursor.length(cursor.uvarint());
    long start = cursor.position();
    int shared = Math.min(length, wanted.length);
    for (int i = 0; i < shared; i++) {
      int mine = bytes.get(ValueLayout.JAVA_BYTE, start + i) & 0xFF;
      int theirs = wanted[i] & 0xFF;
      if (mine != theirs) {
        return mine - theirs;
      }
    }
    return length - wanted.length;
  }

  /// Where the postings lists end.
  long postingsEnd() {
    return postingsEnd;
  }

  @Override
  public void close() {
    file.close();
  }
}
