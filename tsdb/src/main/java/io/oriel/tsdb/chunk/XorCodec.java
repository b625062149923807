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
    int row = into.size();
    long time = in.varint();
    double first = in.float64();
    int kept = 0;
    if (time > max) {
      in.checkEnd();
      return;
    }
    if (time >= min) {
      into.timestamps()[row] = time;
      into.values()[row] = first;
      kept = 1;
    }
    if (count > 1) {
      long delta = in.uvarint();
      kept =
          new Run(min, max, count - 1).decode(in, into, row + kept, time + delta, delta, first)
              - row;
    }
    in.checkEnd();
    into.addedDirectly(kept);
  }

  /*
   * The loop below is where a query spends its time, so the position, the window and both arrays
   * live in local variables: as fields they would be stored and loaded again for every field of
   * every sample. One load of 64 bits gives at least 57 at any position, which hold both control
   * prefixes and, more often than not, the value's significant bits too.
   */

  /// The samples of a chunk behind the first.
  ///
  /// @param left how many there are, at least one
  private record Run(long min, long max, int left) {
    /// Writes those in range from {@code row} on; the row behind the last.
    int decode(
        BitReader in, SampleColumns into, int row, long second, long firstDelta, double before) {
      long[] times = into.timestamps();
      double[] values = into.values();
      byte[] bytes = in.bytes;
      long at = in.at;
      long time = second;
      long delta = firstDelta;
      long bits = Double.doubleToRawLongBits(before);
      int significant = 64;
      int trailing = 0;
      int to = row;
      long word = BitReader.word(bytes, at);
      int used = 0;
      for (int i = left; ; ) {
        long control = word << used;
        if (control >= 0) {
          at += used + 1;
        } else {
          if ((control << 1) < 0) {
            int leading = (int) (control >>> 57) & 31;
            significant = (((int) (control >>> 51) - 1) & 63) + 1;
            trailing = 64 - leading - significant;
            if (trailing < 0) {
              throw BitReader.corrupt("value window of " + leading + "+" + significant + " bits");
            }
            used += 11;
          }
          used += 2;
          if (used + significant <= 57) {
            bits ^= ((word << used) >>> -significant) << trailing;
            at += used + significant;
          } else {
            in.at = at + used;
            bits ^= in.bits(significant) << trailing;
            at = in.at;
          }
        }
        if (time > max) {
          break;
        }
        times[to] = time;
        values[to] = Double.longBitsToDouble(bits);
        to += time >= min ? 1 : 0;
        if (--i == 0) {
          break;
        }
        word = BitReader.word(bytes, at);
        used = 1;
        if (word < 0) {
          in.at = at;
          delta += deltaOfDelta(in);
          at = in.at;
          word = BitReader.word(bytes, at);
          used = 0;
        }
        time += delta;
      }
      in.at = at;
      return to;
    }
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
}
