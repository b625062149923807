package io.oriel.tsdb.chunk;

import io.oriel.model.metric.StaleMarker;
import io.oriel.model.series.SampleColumns;

/// Floats in the XOR2 encoding (4), read only: one control prefix for time and value, optional
/// start timestamps.
final class Xor2Codec {
  private Xor2Codec() {}

  static void decode(BitReader in, SampleColumns into, long min, long max) {
    int count = (int) in.bits(16);
    StartTimes starts = new StartTimes((int) in.bits(8));
    XorValue values = new XorValue();
    long time = 0;
    long delta = 0;
    for (int i = 0; i < count && !in.isPastEnd(); i++) {
      double value;
      if (i == 0) {
        time = in.varint();
        value = in.float64();
        values.reset(StaleMarker.is(value) ? 0 : value);
      } else if (i == 1) {
        delta = in.uvarint();
        time += delta;
        value = changed(in, values);
      } else {
        int control = ones(in);
        delta +=
            switch (control) {
              case 2 -> twosComplement(in.bits(13), 13);
              case 3 -> twosComplement(in.bits(20), 20);
              case 4 -> in.bits(64);
              default -> 0;
            };
        time += delta;
        value =
            switch (control) {
              case 0 -> values.value();
              case 1 -> values.readChanged(in);
              case 5 -> StaleMarker.VALUE;
              default -> changed(in, values);
            };
      }
      long start = starts.next(in, i, time);
      if (time > max) {
        return;
      }
      if (time >= min) {
        into.add(time, value);
        if (start != 0) {
          into.markStart(start);
        }
      }
    }
    in.checkEnd();
  }

  /// A `<varbit_xor2>`.
  private static double changed(BitReader in, XorValue values) {
    if (!in.bit()) {
      return values.value();
    }
    if (!in.bit()) {
      return values.readInWindow(in);
    }
    return in.bit() ? StaleMarker.VALUE : values.readNewWindow(in);
  }

  /// The control prefix: how many ones, at most five.
  private static int ones(BitReader in) {
    int ones = 0;
    while (ones < 5 && in.bit()) {
      ones++;
    }
    return ones;
  }

  private static long twosComplement(long bits, int size) {
    return bits >= 1L << (size - 1) ? bits - (1L << size) : bits;
  }
}
