package io.oriel.tsdb.chunk;

import io.oriel.model.error.OrielException;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.ChunkEncoding;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Fills a float chunk in the XOR encoding (1).
///
/// One object and one array, because there is one per series and appends go round all series: what
/// an append costs is what it misses in the cache. Bits are put eight bytes at a time.
final class XorWriter extends ChunkWriter {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int CAPACITY = 64;
  private static final int NO_WINDOW = 0xFF;

  /** The longest sample: both times and the value, in 64 bits each, and their prefixes. */
  private static final int MOST_SAMPLE_BYTES = 24;

  private byte[] bytes = new byte[CAPACITY];

  /** Bits written; what follows them in the array is zero. */
  private int end = 16;

  private int count;
  private int leading = NO_WINDOW;
  private int trailing;
  private long time;
  private long delta;
  private long valueBits;

  @Override
  public Fit fit(NativeHistogram histogram) {
    return Fit.NEW_CHUNK;
  }

  @Override
  public void append(long timestampMillis, double value) {
    if ((end >> 3) + MOST_SAMPLE_BYTES + Long.BYTES > bytes.length) {
      bytes = Arrays.copyOf(bytes, bytes.length + (bytes.length >> 1));
    }
    long now = Double.doubleToRawLongBits(value);
    if (count == 0) {
      putUvarint(timestampMillis << 1 ^ timestampMillis >> 63);
      put(now >>> 32, 32);
      put(now, 32);
    } else {
      long newDelta = timestampMillis - time;
      if (count == 1) {
        putUvarint(newDelta);
      } else {
        putDeltaOfDelta(newDelta - delta);
      }
      delta = newDelta;
      putDifference(now ^ valueBits);
    }
    valueBits = now;
    time = timestampMillis;
    count++;
    bytes[0] = (byte) (count >>> 8);
    bytes[1] = (byte) count;
  }

  /// The lowest {@code size} bits of {@code value}, at most 56.
  private void put(long value, int size) {
    int at = end >> 3;
    long word = value << 64 - size >>> (end & 7);
    LONG.set(bytes, at, (long) LONG.get(bytes, at) | word);
    end += size;
  }

  private void putUvarint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      put(rest & 0x7F | 0x80, 8);
      rest >>>= 7;
    }
    put(rest, 8);
  }

  private void putDeltaOfDelta(long value) {
    if (value == 0) {
      end++;
    } else if (BitWriter.fits(value, 14)) {
      put(0b10L << 14 | value & 0x3FFF, 16);
    } else if (BitWriter.fits(value, 17)) {
      put(0b110L << 17 | value & 0x1FFFF, 20);
    } else if (BitWriter.fits(value, 20)) {
      put(0b1110L << 20 | value & 0xFFFFF, 24);
    } else {
      put(0b1111, 4);
      put(value >>> 32, 32);
      put(value, 32);
    }
  }

  /// The difference of a value's bits from those before, as {@link XorValue} has it.
  private void putDifference(long xor) {
    if (xor == 0) {
      end++;
      return;
    }
    int newLeading = Math.min(31, Long.numberOfLeadingZeros(xor));
    int newTrailing = Long.numberOfTrailingZeros(xor);
    if (leading != NO_WINDOW && newLeading >= leading && newTrailing >= trailing) {
      put(0b10, 2);
    } else {
      leading = newLeading;
      trailing = newTrailing;
      int significant = 64 - leading - trailing;
      put(0b11L << 11 | (long) leading << 6 | significant & 63, 13);
    }
    int size = 64 - leading - trailing;
    long window = xor >>> trailing;
    if (size > 32) {
      put(window >>> 32, size - 32);
      size = 32;
    }
    put(window, size);
  }

  @Override
  public void append(long timestampMillis, NativeHistogram histogram) {
    throw OrielException.bug("histogram appended to a float chunk");
  }

  @Override
  public ChunkEncoding encoding() {
    return ChunkEncoding.XOR;
  }

  @Override
  public int touch() {
    byte[] now = bytes;
    return now[Math.min(end >> 3, now.length - 1)];
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int size() {
    return end + 7 >> 3;
  }

  @Override
  public byte[] bytes() {
    return bytes;
  }
}
