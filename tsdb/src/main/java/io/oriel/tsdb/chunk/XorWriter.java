package io.oriel.tsdb.chunk;

import io.oriel.model.error.OrielException;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.ChunkEncoding;

/// Fills a float chunk in the XOR encoding (1).
final class XorWriter extends ChunkWriter {
  private static final int CAPACITY = 64;

  private final BitWriter out = new BitWriter(CAPACITY);
  private final XorValue values = new XorValue();
  private int count;
  private long time;
  private long delta;

  XorWriter() {
    out.bits(0, 16);
  }

  @Override
  public Fit fit(NativeHistogram histogram) {
    return Fit.NEW_CHUNK;
  }

  @Override
  public void append(long timestampMillis, double value) {
    if (count == 0) {
      out.varint(timestampMillis);
      out.float64(value);
      values.reset(value);
    } else {
      long newDelta = timestampMillis - time;
      if (count == 1) {
        out.uvarint(newDelta);
      } else {
        XorCodec.writeDeltaOfDelta(out, newDelta - delta);
      }
      delta = newDelta;
      values.write(out, value);
    }
    time = timestampMillis;
    count++;
    out.set(0, count >>> 8);
    out.set(1, count);
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
