package io.oriel.tsdb.index;

import io.oriel.disk.Crc32c;
import io.oriel.disk.MappedFile;
import io.oriel.model.error.CorruptionException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads an index file of version 2 or 1, mapped into memory. Thread-safe.
///
/// Kept on the heap: where each symbol is, the symbols that were asked for, and every 32nd value of
/// each label.
public final class IndexReader implements PostingsSource, AutoCloseable {
  static final int MAGIC = 0xBAAAD700;
  static final int TOC_BYTES = 6 * 8 + 4;
  private static final int SAMPLED = 32;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final String name;
  private final MappedFile file;
  private final MemorySegment bytes;
  private final int version;
  private final SymbolTable symbols;
  private final long seriesOffset;

  /** By label name, in UTF-8 order. */
  private final TreeMap<String, ValueSamples> table = new TreeMap<>(Utf8Order.COMPARATOR);

  private volatile int @Nullable [] all;

  /// The sampled part of the postings offset table for one label name.
  private static final class ValueSamples {
    final List<String> values = new ArrayList<>();
    final List<Long> offsets = new ArrayList<>();
    int count;
    long end;
  }

  /// Where entries of the postings offset table lead.
  private interface EntryVisitor {
    /// One entry; false ends the visit.
    boolean visit(String value, long postingsOffset);
  }

  private IndexReader(String name, MappedFile file) {
    this.name = name;
    this.file = file;
    this.bytes = file.bytes();
    SegmentCursor cursor = new SegmentCursor(name, bytes, 0);
    int magic = cursor.int32();
    if (magic != MAGIC) {
      throw corrupt(0, "magic: got 0x%08x, want 0x%08x".formatted(magic, MAGIC));
    }
    version = cursor.int8();
    if (version != 1 && version != 2) {
      throw corrupt(4, "format version: got " + version + ", want 1 or 2");
    }
    long toc = bytes.byteSize() - TOC_BYTES;
    if (toc < 5) {
      throw corrupt(0, "got " + bytes.byteSize() + " bytes, want at least " + (TOC_BYTES + 5));
    }
    checkCrc(toc, TOC_BYTES - 4);
    cursor.moveTo(toc);
    long symbolsOffset = cursor.int64();
    seriesOffset = cursor.int64();
    cursor.int64();
    cursor.int64();
    cursor.int64();
    long tableOffset = cursor.int64();
    symbols = new SymbolTable(name, bytes, section(symbolsOffset), version);
    readTable(section(tableOffset));
  }

  /// An index over {@code file}, of which it takes ownership, also on failure.
  ///
  /// @param name what errors call it
  public static IndexReader open(String name, MappedFile file) {
    try {
      return new IndexReader(name, file);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /// Bytes of the file.
  public long sizeBytes() {
    return file.size();
  }

  /// The format version, 1 or 2.
  public int version() {
    return version;
  }

  /// The offset of the first series in the file.
  long seriesOffset() {
    return seriesOffset;
  }

  /// How many distinct strings there are.
  public int symbolCount() {
    return symbols.size();
  }

  /// Checks a section's checksum; the offset of its content behind the length.
  private long section(long offset) {
    SegmentCursor cursor = new SegmentCursor(name, bytes, offset);
    long length = cursor.int32() & 0xFFFFFFFFL;
    cursor.length(length + 4);
    checkCrc(offset + 4, length);
    return offset + 4;
  }

  private void checkCrc(long offset, long length) {
    int got = Crc32c.of(bytes.asSlice(offset, length));
    int want = bytes.get(INT, offset + length);
    if (got != want) {
      throw corrupt(offset, "checksum mismatch: got 0x%08x, want 0x%08x".formatted(got, want));
    }
  }

  private void readTable(long offset) {
    SegmentCursor cursor = new SegmentCursor(name, bytes, offset);
    int count = cursor.int32();
    String last = "";
    ValueSamples samples = null;
    for (int i = 0; i < count; i++) {
      long at = cursor.position();
      int keys = (int) cursor.uvarint();
      if (keys != 2) {
        throw corrupt(at, "postings offset table entry: got " + keys + " keys, want 2");
      }
      String label = sameText(cursor, last);
      if (samples == null || !label.equals(last)) {
        samples = new ValueSamples();
        table.put(label, samples);
        last = label;
      }
      if (samples.count % SAMPLED == 0) {
        samples.values.add(cursor.text());
        samples.offsets.add(at);
      } else {
        cursor.skipText();
      }
      cursor.uvarint();
      samples.count++;
      samples.end = cursor.position();
    }
  }

  /// The text at the cursor: {@code likely} itself when it is equal, so that names are not made
  /// anew for each entry.
  private String sameText(SegmentCursor cursor, String likely) {
    String text = cursor.text();
    return text.equals(likely) ? likely : text;
  }

  private void visit(ValueSamples samples, int from, EntryVisitor visitor) {
    SegmentCursor cursor = new SegmentCursor(name, bytes, samples.offsets.get(from));
    while (cursor.position() < samples.end) {
      cursor.uvarint();
      cursor.skipText();
      String value = cursor.text();
      if (!visitor.visit(value, cursor.uvarint())) {
        return;
      }
    }
  }

  @Override
  public int[] postings(String label, String value) {
    ValueSamples samples = table.get(label);
    if (samples == null) {
      return new int[0];
    }
    int found = Collections.binarySearch(samples.values, value, Utf8Order.COMPARATOR);
    int from = found >= 0 ? found : -found - 2;
    if (from < 0) {
      return new int[0];
    }
    long[] offset = {-1};
    visit(
        samples,
        from,
        (candidate, postings) -> {
          int order = Utf8Order.compare(candidate, value);
          if (order == 0) {
            offset[0] = postings;
          }
          return order < 0;
        });
    return offset[0] < 0 ? new int[0] : list(offset[0]);
  }

  private int[] list(long offset) {
    long start = section(offset);
    int count = bytes.get(INT, start);
    int[] refs = new int[count];
    MemorySegment.copy(bytes, INT, start + 4, refs, 0, count);
    return refs;
  }

  @Override
  public int[] all() {
    int[] known = all;
    if (known == null) {
      known = postings("", "");
      all = known;
    }
    return known;
  }

  @Override
  public List<String> values(String label) {
    ValueSamples samples = table.get(label);
    if (samples == null) {
      return List.of();
    }
    List<String> values = new ArrayList<>(samples.count);
    visit(samples, 0, (value, _) -> values.add(value));
    return values;
  }

  /// All label names, in UTF-8 order.
  public List<String> names() {
    List<String> names = new ArrayList<>(table.keySet());
    names.remove("");
    return names;
  }

  /// The labels of a series, and its chunks appended to {@code chunks}.
  ///
  /// @param reference from this index' postings
  public Labels series(int reference, List<ChunkMeta> chunks) {
    long offset = version == 1 ? reference & 0xFFFFFFFFL : 16L * (reference & 0xFFFFFFFFL);
    SegmentCursor cursor = new SegmentCursor(name, bytes, offset);
    int length = cursor.length(cursor.uvarint());
    int expected = bytes.get(INT, cursor.position() + length);
    int actual = Crc32c.of(bytes.asSlice(cursor.position(), length));
    if (actual != expected) {
      throw corrupt(offset, "series checksum: got 0x%08x, want 0x%08x".formatted(actual, expected));
    }
    String[] pairs = new String[2 * cursor.length(cursor.uvarint())];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = symbols.get(cursor.uvarint());
    }
    readChunks(cursor, chunks);
    return Labels.ofSorted(pairs);
  }

  private static void readChunks(SegmentCursor cursor, List<ChunkMeta> chunks) {
    int count = cursor.length(cursor.uvarint());
    if (count == 0) {
      return;
    }
    long min = cursor.varint();
    long max = min + cursor.uvarint();
    long reference = cursor.uvarint();
    chunks.add(new ChunkMeta(reference, min, max));
    for (int i = 1; i < count; i++) {
      min = max + cursor.uvarint();
      max = min + cursor.uvarint();
      reference += cursor.varint();
      chunks.add(new ChunkMeta(reference, min, max));
    }
  }

  private CorruptionException corrupt(long offset, String problem) {
    return new CorruptionException(name, offset, problem);
  }

  @Override
  public void close() {
    file.close();
  }
}
