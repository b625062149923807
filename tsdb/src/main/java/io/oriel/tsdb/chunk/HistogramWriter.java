package io.oriel.tsdb.chunk;

import io.oriel.model.error.OrielException;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.series.ChunkEncoding;
import io.oriel.model.series.SampleColumns;
import org.jspecify.annotations.Nullable;

/// Fills a histogram chunk (2) or float histogram chunk (3).
///
/// All histograms of a chunk share one bucket layout. A histogram with more buckets widens it: the
/// chunk is read back and written anew. One that lacks a bucket gets it as zero if the bucket was
/// never used; otherwise the counter was reset and a new chunk begins.
final class HistogramWriter extends ChunkWriter {
  private static final int CAPACITY = 128;

  private final boolean integer;
  private final int flags;
  private BitWriter out = new BitWriter(CAPACITY);
  private BucketLayout positive;
  private BucketLayout negative;
  private NativeHistogram last;
  private int count;
  private long time;
  private long delta;
  private Counts counts;
  private XorValue sum = new XorValue();

  /// The state of the bucket counts, one entry per bucket: total, zero, positive, negative.
  private static final class Counts {
    final long[] values;
    final long[] deltas;
    final XorValue[] floats;

    Counts(int size, boolean integer) {
      values = new long[integer ? size : 0];
      deltas = new long[integer ? size : 0];
      floats = new XorValue[integer ? 0 : size];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = new XorValue();
      }
    }
  }

  HistogramWriter(NativeHistogram first, ResetHint reset) {
    this.integer = first.isInteger();
    this.flags =
        first.resetHint() == ResetHint.GAUGE
            ? 3
            : switch (reset) {
              case RESET -> 2;
              case NO_RESET -> 1;
              case UNKNOWN, GAUGE -> 0;
            };
    this.last = first;
    this.positive = BucketLayout.of(first.positive());
    this.negative = BucketLayout.of(first.negative());
    this.counts = new Counts(2 + positive.size() + negative.size(), integer);
    writeHeader();
  }

  private void writeHeader() {
    out.bits(0, 16);
    out.byteValue(flags << 6);
    HistogramHeader.writeZeroThreshold(out, last.zeroThreshold());
    out.varbitInt(last.schema());
    positive.write(out);
    negative.write(out);
    if (last.hasCustomBuckets()) {
      HistogramHeader.writeBounds(out, last);
    }
  }

  @Override
  public Fit fit(NativeHistogram next) {
    boolean gauge = flags == 3;
    if (next.isInteger() != integer) {
      return Fit.NEW_CHUNK;
    }
    if (gauge != (next.resetHint() == ResetHint.GAUGE) && !next.isStale()) {
      return Fit.NEW_CHUNK;
    }
    if (next.resetHint() == ResetHint.RESET) {
      return Fit.NEW_CHUNK_AFTER_RESET;
    }
    if (next.isStale()) {
      return Fit.APPEND;
    }
    if (last.isStale()) {
      return Fit.NEW_CHUNK;
    }
    if (!gauge && next.count() < last.count()) {
      return Fit.NEW_CHUNK_AFTER_RESET;
    }
    if (next.schema() != last.schema() || next.zeroThreshold() != last.zeroThreshold()) {
      return Fit.NEW_CHUNK;
    }
    if (!next.sameCustomBounds(last)) {
      return gauge ? Fit.NEW_CHUNK : Fit.NEW_CHUNK_AFTER_RESET;
    }
    boolean shrank =
        next.zeroCount() < last.zeroCount()
            || shrank(last.positive(), next.positive())
            || shrank(last.negative(), next.negative());
    return !gauge && shrank ? Fit.NEW_CHUNK_AFTER_RESET : Fit.APPEND;
  }

  /// Whether any bucket holds less than before, or is gone although it was used.
  private static boolean shrank(Buckets before, Buckets after) {
    BucketLayout old = BucketLayout.of(before);
    BucketLayout now = BucketLayout.of(after);
    int k = 0;
    for (int i = 0; i < old.size(); i++) {
      int index = old.indices().get(i);
      while (k < now.size() && now.indices().get(k) < index) {
        k++;
      }
      double kept = k < now.size() && now.indices().get(k) == index ? after.count(k) : 0;
      if (kept < before.count(i)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void append(long timestampMillis, double value) {
    throw OrielException.bug("float appended to a histogram chunk");
  }

  @Override
  public void append(long timestampMillis, NativeHistogram histogram) {
    if (!histogram.isStale() && count > 0) {
      BucketLayout widerPositive = positive.union(BucketLayout.of(histogram.positive()));
      BucketLayout widerNegative = negative.union(BucketLayout.of(histogram.negative()));
      if (widerPositive.size() != positive.size() || widerNegative.size() != negative.size()) {
        widen(widerPositive, widerNegative);
      }
    }
    write(timestampMillis, histogram);
  }

  private void widen(BucketLayout widerPositive, BucketLayout widerNegative) {
    SampleColumns written = new SampleColumns(count);
    new ChunkDecoder()
        .decode(encoding(), out.array(), out.length(), written, Long.MIN_VALUE, Long.MAX_VALUE);
    positive = widerPositive;
    negative = widerNegative;
    out = new BitWriter(out.length() + CAPACITY);
    counts = new Counts(2 + positive.size() + negative.size(), integer);
    sum = new XorValue();
    writeHeader();
    int rows = count;
    count = 0;
    for (int i = 0; i < rows; i++) {
      @Nullable NativeHistogram histogram = written.histogram(i);
      if (histogram == null) {
        throw OrielException.bug("float in a histogram chunk");
      }
      write(written.timestamps()[i], histogram);
    }
  }

  private void write(long timestampMillis, NativeHistogram histogram) {
    long newDelta = timestampMillis - time;
    out.varbitInt(count == 0 ? timestampMillis : count == 1 ? newDelta : newDelta - delta);
    delta = count == 0 ? 0 : newDelta;
    time = timestampMillis;
    boolean stale = histogram.isStale();
    number(0, stale && count > 0 ? 0 : histogram.count());
    number(1, stale && count > 0 ? 0 : histogram.zeroCount());
    if (count == 0) {
      out.float64(histogram.sum());
      sum.reset(histogram.sum());
    } else {
      sum.write(out, histogram.sum());
    }
    if (!stale || count == 0) {
      side(2, positive, histogram.positive());
      side(2 + positive.size(), negative, histogram.negative());
    }
    last = stale && count > 0 ? last.toBuilder().sum(StaleMarker.VALUE).build() : histogram;
    count++;
    out.set(0, count >>> 8);
    out.set(1, count);
  }

  private void number(int slot, double value) {
    if (!integer) {
      floating(slot, value);
    } else if (count == 0) {
      counts.values[slot] = (long) value;
      out.varbitUint((long) value);
    } else {
      whole(slot, (long) value);
    }
  }

  private void side(int slot, BucketLayout layout, Buckets buckets) {
    double[] absolute = layout.counts(buckets);
    long before = 0;
    for (int i = 0; i < absolute.length; i++) {
      if (integer) {
        long now = (long) absolute[i];
        if (count == 0) {
          counts.values[slot + i] = now - before;
          out.varbitInt(now - before);
        } else {
          whole(slot + i, now - before);
        }
        before = now;
      } else {
        floating(slot + i, absolute[i]);
      }
    }
  }

  private void whole(int slot, long value) {
    long newDelta = value - counts.values[slot];
    out.varbitInt(count == 1 ? newDelta : newDelta - counts.deltas[slot]);
    counts.deltas[slot] = newDelta;
    counts.values[slot] = value;
  }

  private void floating(int slot, double value) {
    if (count == 0) {
      out.float64(value);
      counts.floats[slot].reset(value);
    } else {
      counts.floats[slot].write(out, value);
    }
  }

  @Override
  public ChunkEncoding encoding() {
    return integer ? ChunkEncoding.HISTOGRAM : ChunkEncoding.FLOAT_HISTOGRAM;
  }

  @Override
  public int touch() {
    return count();
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int size() {
    return out.length();
  }

  @Override
  public byte[] bytes() {
    return out.array();
  }
}
