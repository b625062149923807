package io.oriel.tsdb.chunk;

import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.series.ChunkEncoding;
import io.oriel.model.series.SampleColumns;

/// Reads histograms in encodings 2, 3, 5 and 6. Used for one chunk.
final class HistogramCodec {
  private final BitReader in;
  private final boolean integer;
  private final HistogramHeader header;
  private final StartTimes starts;
  private final int count;
  private final int flags;
  private final XorValue sum = new XorValue();
  private final IntSide positive;
  private final IntSide negative;
  private final FloatSide floatPositive;
  private final FloatSide floatNegative;
  private final XorValue floatCount = new XorValue();
  private final XorValue floatZero = new XorValue();
  private long total;
  private long totalDelta;
  private long zero;
  private long zeroDelta;

  /// Integer bucket counts, kept as differences between neighbours.
  private static final class IntSide {
    final long[] values;
    final long[] deltas;

    IntSide(int size) {
      values = new long[size];
      deltas = new long[size];
    }

    void read(BitReader in, int sample) {
      for (int i = 0; i < values.length; i++) {
        long coded = in.varbitInt();
        if (sample == 0) {
          values[i] = coded;
        } else {
          deltas[i] = sample == 1 ? coded : deltas[i] + coded;
          values[i] += deltas[i];
        }
      }
    }

    double[] counts() {
      double[] counts = new double[values.length];
      long count = 0;
      for (int i = 0; i < values.length; i++) {
        count += values[i];
        counts[i] = count;
      }
      return counts;
    }
  }

  /// Float bucket counts.
  private static final class FloatSide {
    final XorValue[] values;

    FloatSide(int size) {
      values = new XorValue[size];
      for (int i = 0; i < size; i++) {
        values[i] = new XorValue();
      }
    }

    void read(BitReader in, int sample) {
      for (XorValue value : values) {
        if (sample == 0) {
          value.reset(in.float64());
        } else {
          double _ = value.read(in);
        }
      }
    }

    double[] counts() {
      double[] counts = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        counts[i] = values[i].value();
      }
      return counts;
    }
  }

  private HistogramCodec(BitReader in, ChunkEncoding encoding) {
    this.in = in;
    this.integer = encoding == ChunkEncoding.HISTOGRAM || encoding == ChunkEncoding.HISTOGRAM_START;
    boolean withStarts =
        encoding == ChunkEncoding.HISTOGRAM_START
            || encoding == ChunkEncoding.FLOAT_HISTOGRAM_START;
    int first = (int) in.bits(16);
    int second = (int) in.bits(8);
    this.count = withStarts ? first & 0x3FFF : first;
    this.flags = withStarts ? first >>> 14 : second >>> 6;
    this.starts = new StartTimes(withStarts ? second : 0);
    if (count == 0) {
      this.header = HistogramHeader.read(emptyHeader());
    } else {
      this.header = HistogramHeader.read(in);
    }
    this.positive = new IntSide(integer ? header.positiveSize() : 0);
    this.negative = new IntSide(integer ? header.negativeSize() : 0);
    this.floatPositive = new FloatSide(integer ? 0 : header.positiveSize());
    this.floatNegative = new FloatSide(integer ? 0 : header.negativeSize());
  }

  private static BitReader emptyHeader() {
    BitReader empty = new BitReader();
    empty.reset(new byte[8 + BitReader.PADDING], 0, 8);
    return empty;
  }

  /// Appends the samples from {@code min} to {@code max}, both inclusive, to {@code into}.
  static void decode(BitReader in, ChunkEncoding encoding, SampleColumns into, long min, long max) {
    new HistogramCodec(in, encoding).run(into, min, max);
  }

  private void run(SampleColumns into, long min, long max) {
    long time = 0;
    long delta = 0;
    for (int i = 0; i < count; i++) {
      long coded = in.varbitInt();
      if (i == 0) {
        time = coded;
      } else {
        delta = i == 1 ? coded : delta + coded;
        time += delta;
      }
      readCounts(i);
      if (i == 0) {
        sum.reset(in.float64());
      } else {
        double _ = sum.read(in);
      }
      readBuckets(i);
      long start = starts.next(in, i, time);
      in.checkEnd();
      if (time > max) {
        return;
      }
      if (time >= min) {
        into.add(time, histogram(i));
        if (start != 0) {
          into.markStart(start);
        }
      }
    }
  }

  private void readCounts(int i) {
    if (!integer) {
      if (i == 0) {
        floatCount.reset(in.float64());
        floatZero.reset(in.float64());
      } else {
        double _ = floatCount.read(in);
        double _ = floatZero.read(in);
      }
    } else if (i == 0) {
      total = in.varbitUint();
      zero = in.varbitUint();
    } else {
      long codedTotal = in.varbitInt();
      long codedZero = in.varbitInt();
      totalDelta = i == 1 ? codedTotal : totalDelta + codedTotal;
      zeroDelta = i == 1 ? codedZero : zeroDelta + codedZero;
      total += totalDelta;
      zero += zeroDelta;
    }
  }

  private void readBuckets(int i) {
    if (i > 0 && StaleMarker.is(sum.value())) {
      return;
    }
    if (integer) {
      positive.read(in, i);
      negative.read(in, i);
    } else {
      floatPositive.read(in, i);
      floatNegative.read(in, i);
    }
  }

  private NativeHistogram histogram(int i) {
    if (StaleMarker.is(sum.value())) {
      return NativeHistogram.builder().sum(StaleMarker.VALUE).integer(integer).build();
    }
    double[] positiveCounts = integer ? positive.counts() : floatPositive.counts();
    double[] negativeCounts = integer ? negative.counts() : floatNegative.counts();
    return NativeHistogram.builder()
        .schema(header.schema)
        .zero(header.zeroThreshold, integer ? (double) zero : floatZero.value())
        .count(integer ? (double) total : floatCount.value())
        .sum(sum.value())
        .positive(Buckets.of(header.positiveOffsets, header.positiveLengths, positiveCounts))
        .negative(Buckets.of(header.negativeOffsets, header.negativeLengths, negativeCounts))
        .customBounds(header.customBounds)
        .resetHint(HistogramHeader.hint(flags, i))
        .integer(integer)
        .build();
  }
}
