package io.oriel.tsdb.wal;

import com.github.luben.zstd.Zstd;
import io.oriel.disk.Crc32c;
import io.oriel.model.error.CorruptionException;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.xerial.snappy.Snappy;

/// Reads the records of one segment as it is now. {@link #offset} always stands behind the last
/// whole record, so a reader of a growing segment may go on from there later.
final class SegmentScanner {
  static final int PAGE_BYTES = 32 * 1024;
  static final int HEADER_BYTES = 7;
  static final int TYPE_MASK = 7;
  static final int SNAPPY = 8;
  static final int ZSTD = 16;
  private static final int MAX_RECORD_BYTES = 1 << 30;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final String name;
  private final MemorySegment bytes;
  private final RecordDecoder decoder = new RecordDecoder();
  private long offset;
  private byte[] joined = new byte[PAGE_BYTES];
  private byte[] unpacked = {};
  private byte[] record = joined;
  private int length;
  private boolean torn;

  SegmentScanner(String name, MemorySegment bytes, long offset) {
    this.name = name;
    this.bytes = bytes;
    this.offset = offset;
  }

  long offset() {
    return offset;
  }

  /// Whether the segment ends within a record.
  boolean isTorn() {
    return torn;
  }

  /// Tells {@code visitor} what the record says that {@link #next} moved to.
  void tell(RecordVisitor visitor) {
    if (length == 0) {
      return;
    }
    try {
      decoder.decode(record, length, visitor);
    } catch (OrielException e) {
      if (e.kind() == Kind.BUG) {
        throw e;
      }
      throw new CorruptionException(name, offset, e.reason());
    }
  }

  /// Moves to the next record; false at the end of what is there.
  boolean next() throws IOException {
    long at = offset;
    int size = 0;
    boolean begun = false;
    while (true) {
      long left = PAGE_BYTES - at % PAGE_BYTES;
      if (left < HEADER_BYTES) {
        at += left;
        continue;
      }
      if (at + HEADER_BYTES > bytes.byteSize()) {
        torn = begun || at < bytes.byteSize() && !onlyZeros(at);
        return false;
      }
      int header = bytes.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
      int type = header & TYPE_MASK;
      if (type == 0) {
        if (begun) {
          throw corrupt(at, "padding within a record");
        }
        at += left;
        offset = Math.min(at, bytes.byteSize());
        continue;
      }
      int part = bytes.get(SHORT, at + 1) & 0xFFFF;
      if (part > left - HEADER_BYTES || type > 4) {
        throw corrupt(at, "fragment of type " + type + " with " + part + " bytes");
      }
      if (at + HEADER_BYTES + part > bytes.byteSize()) {
        torn = true;
        return false;
      }
      if ((type == 1 || type == 2) == begun) {
        throw corrupt(at, "fragment of type " + type + " out of sequence");
      }
      begun = true;
      size = join(at, part, size);
      at += HEADER_BYTES + part;
      if (type == 1 || type == 4) {
        unpack(header, size);
        offset = at;
        return true;
      }
    }
  }

  private boolean onlyZeros(long at) {
    for (long i = at; i < bytes.byteSize(); i++) {
      if (bytes.get(ValueLayout.JAVA_BYTE, i) != 0) {
        return false;
      }
    }
    return true;
  }

  private int join(long at, int part, int size) {
    if (size + part > joined.length) {
      joined = Arrays.copyOf(joined, Math.max(size + part, 2 * joined.length));
    }
    long from = at + HEADER_BYTES;
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, from, joined, size, part);
    int want = bytes.get(INT, at + 3);
    int got = Crc32c.of(joined, size, part);
    if (got != want) {
      throw corrupt(at, String.format("checksum: got 0x%08x, want 0x%08x", got, want));
    }
    return size + part;
  }

  private void unpack(int header, int size) throws IOException {
    if ((header & SNAPPY) != 0) {
      length = uncompressSnappy(size);
      record = unpacked;
    } else if ((header & ZSTD) != 0) {
      long full = Zstd.getFrameContentSize(joined, 0, size);
      fit(full < 0 ? MAX_RECORD_BYTES + 1L : full);
      long got = Zstd.decompressByteArray(unpacked, 0, unpacked.length, joined, 0, size);
      if (Zstd.isError(got)) {
        throw corrupt(offset, "zstd: " + Zstd.getErrorName(got));
      }
      length = (int) got;
      record = unpacked;
    } else {
      record = joined;
      length = size;
    }
  }

  private int uncompressSnappy(int size) {
    try {
      fit(Snappy.uncompressedLength(joined, 0, size));
      return Snappy.uncompress(joined, 0, size, unpacked, 0);
    } catch (IOException e) {
      throw corrupt(offset, "snappy: " + e.getMessage());
    }
  }

  private void fit(long full) {
    if (full < 0 || full > MAX_RECORD_BYTES) {
      throw corrupt(offset, "record of " + full + " bytes");
    }
    if (unpacked.length < full) {
      unpacked = new byte[(int) Math.max(full, PAGE_BYTES)];
    }
  }

  private OrielException corrupt(long at, String problem) {
    return new CorruptionException(name, at, problem);
  }
}
