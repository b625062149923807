package io.oriel.tsdb.chunk;

import io.oriel.model.series.SampleColumns;

/// Floats in the XOR encoding (1): Gorilla's delta of deltas and XORed values, with Prometheus' bit
/// widths.
final class XorCodec {
  private XorCodec() {}

  /// Appends the samples from {@code min} to {@code max}, both inclusive, to {@code into}.
  static void decode(BitReader in, SampleColumns into, long min, long max) {
    int count = (int) in.bits(16);
    if (count == 0) {
      return;
    }
    into.reserve(count);
    long[] times = into.timestamps();
    double[] values = into.values();
    int row = into.size();
    int kept = 0;
    long time = in.varint();
    long bits = in.bits(64);
    long delta = 0;
    int leading = 0;
    int trailing = 0;
    for (int i = 0; ; ) {
      if (time > max) {
        break;
      }
      if (time >= min) {
        times[row + kept] = time;
        values[row + kept] = Double.longBitsToDouble(bits);
        kept++;
      }
      if (++i == count) {
        break;
      }
      delta = i == 1 ? in.uvarint() : delta + deltaOfDelta(in);
      time += delta;
      long peek = in.peek();
      if (peek >= 0) {
        in.at++;
        continue;
      }
      if ((peek << 1) < 0) {
        leading = (int) (peek >>> 57) & 31;
        int significant = (int) (peek >>> 51) & 63;
        significant = significant == 0 ? 64 : significant;
        trailing = 64 - leading - significant;
        if (trailing < 0) {
          throw BitReader.corrupt("value window of " + leading + "+" + significant + " bits");
        }
        in.at += 13;
      } else {
        in.at += 2;
      }
      bits ^= in.bits(64 - leading - trailing) << trailing;
      if (in.isPastEnd()) {
        break;
      }
    }
    in.checkEnd();
    into.addedDirectly(kept);
  }

  /// The `<varbit_ts>` at the reader.
  static long deltaOfDelta(BitReader in) {
    long peek = in.peek();
    if (peek >= 0) {
      in.at++;
      return 0;
    }
    int ones = Long.numberOfLeadingZeros(~peek);
    if (ones == 1) {
      in.at += 16;
      return BitReader.signed((peek << 2) >>> 50, 14);
    }
    if (ones == 2) {
      in.at += 20;
      return BitReader.signed((peek << 3) >>> 47, 17);
    }
    if (ones == 3) {
      in.at += 24;
      return BitReader.signed((peek << 4) >>> 44, 20);
    }
    in.at += 4;
    return in.bits(64);
  }

  static void writeDeltaOfDelta(BitWriter out, long value) {
    if (value == 0) {
      out.bit(false);
    } else if (BitWriter.fits(value, 14)) {
      out.prefixed(0b10, 2, value, 14);
    } else if (BitWriter.fits(value, 17)) {
      out.prefixed(0b110, 3, value, 17);
    } else if (BitWriter.fits(value, 20)) {
      out.prefixed(0b1110, 4, value, 20);
    } else {
      out.prefixed(0b1111, 4, value, 64);
    }
  }
}
