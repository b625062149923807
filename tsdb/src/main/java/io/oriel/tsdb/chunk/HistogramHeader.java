package io.oriel.tsdb.chunk;

import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.ResetHint;

/// What all histograms of a chunk share, as it stands at the chunk's start. Read by {@link #read};
/// the arrays are never changed afterwards, so that every sample may share them.
final class HistogramHeader {
  private static final int MAX_BUCKETS = 1 << 20;
  private static final double CUSTOM_SCALE = 1000;
  private static final double CUSTOM_MAX = 33_554_430;

  final int schema;
  final double zeroThreshold;
  final int[] positiveOffsets;
  final int[] positiveLengths;
  final int[] negativeOffsets;
  final int[] negativeLengths;
  final double[] customBounds;

  private HistogramHeader(BitReader in) {
    zeroThreshold = readZeroThreshold(in);
    schema = (int) in.varbitInt();
    positiveOffsets = new int[spans(in)];
    positiveLengths = new int[positiveOffsets.length];
    readSpans(in, positiveOffsets, positiveLengths);
    negativeOffsets = new int[spans(in)];
    negativeLengths = new int[negativeOffsets.length];
    readSpans(in, negativeOffsets, negativeLengths);
    customBounds = schema == NativeHistogram.CUSTOM_BUCKETS ? readBounds(in) : new double[0];
  }

  static HistogramHeader read(BitReader in) {
    return new HistogramHeader(in);
  }

  int positiveSize() {
    return total(positiveLengths);
  }

  int negativeSize() {
    return total(negativeLengths);
  }

  /// The hint of sample {@code i} in a chunk with these two flag bits: 10 reset, 01 none, 00
  /// unknown, 11 gauge.
  static ResetHint hint(int flags, int i) {
    if (flags == 3) {
      return ResetHint.GAUGE;
    }
    if (i > 0) {
      return ResetHint.NO_RESET;
    }
    return flags == 2 ? ResetHint.RESET : ResetHint.UNKNOWN;
  }

  static void writeZeroThreshold(BitWriter out, double threshold) {
    if (threshold == 0) {
      out.byteValue(0);
      return;
    }
    int exponent = Math.getExponent(threshold) + 1;
    boolean powerOfTwo = threshold == Math.scalb(1.0, exponent - 1);
    if (powerOfTwo && exponent >= -242 && exponent <= 11) {
      out.byteValue(exponent + 243);
      return;
    }
    out.byteValue(255);
    out.float64(threshold);
  }

  private static double readZeroThreshold(BitReader in) {
    int code = (int) in.bits(8);
    return switch (code) {
      case 0 -> 0;
      case 255 -> in.float64();
      default -> Math.scalb(1.0, code - 244);
    };
  }

  static void writeBounds(BitWriter out, NativeHistogram histogram) {
    out.varbitUint(histogram.customBoundCount());
    for (int i = 0; i < histogram.customBoundCount(); i++) {
      double bound = histogram.customBound(i);
      double scaled = bound * CUSTOM_SCALE;
      boolean whole = scaled >= 0 && scaled <= CUSTOM_MAX && scaled == Math.rint(scaled);
      if (whole && scaled / CUSTOM_SCALE == bound && !isNegativeZero(bound)) {
        out.varbitUint((long) scaled + 1);
      } else {
        out.bit(false);
        out.float64(bound);
      }
    }
  }

  private static boolean isNegativeZero(double value) {
    return value == 0 && 1 / value < 0;
  }

  private static double[] readBounds(BitReader in) {
    double[] bounds = new double[size(in, in.varbitUint())];
    for (int i = 0; i < bounds.length; i++) {
      long scaled = in.varbitUint();
      bounds[i] = scaled == 0 ? in.float64() : (scaled - 1) / CUSTOM_SCALE;
    }
    return bounds;
  }

  private static int spans(BitReader in) {
    return size(in, in.varbitUint());
  }

  private static void readSpans(BitReader in, int[] offsets, int[] lengths) {
    long total = 0;
    for (int i = 0; i < offsets.length; i++) {
      lengths[i] = size(in, in.varbitUint());
      offsets[i] = (int) in.varbitInt();
      total += lengths[i];
    }
    size(in, total);
  }

  private static int size(BitReader in, long asked) {
    in.checkEnd();
    if (asked < 0 || asked > MAX_BUCKETS) {
      throw BitReader.corrupt("got " + asked + " buckets or spans, want at most " + MAX_BUCKETS);
    }
    return (int) asked;
  }

  private static int total(int[] lengths) {
    int total = 0;
    for (int length : lengths) {
      total += length;
    }
    return total;
  }
}
