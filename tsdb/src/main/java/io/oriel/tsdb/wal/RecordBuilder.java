package io.oriel.tsdb.wal;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;

/// Encodes one record after another into a buffer that is reused: docs/formats/wal.md. A record
/// holds entries of one type; {@link #begin} starts it. Not thread-safe.
public final class RecordBuilder {
  /// The record types that are written, by upstream's numbers.
  public enum Type {
    SERIES(1),
    SAMPLES(2),
    TOMBSTONES(3),
    EXEMPLARS(4),
    MMAP_MARKERS(5),
    METADATA(6),
    HISTOGRAMS(7),
    FLOAT_HISTOGRAMS(8),
    CUSTOM_HISTOGRAMS(9),
    CUSTOM_FLOAT_HISTOGRAMS(10);

    final int code;

    Type(int code) {
      this.code = code;
    }

    /// The record type that holds this histogram.
    public static Type of(NativeHistogram h) {
      if (h.hasCustomBuckets()) {
        return h.isInteger() ? CUSTOM_HISTOGRAMS : CUSTOM_FLOAT_HISTOGRAMS;
      }
      return h.isInteger() ? HISTOGRAMS : FLOAT_HISTOGRAMS;
    }
  }

  private final ByteWriter out = new ByteWriter(1 << 12);
  private int entries;
  private long firstRef;
  private long firstTime;

  /// Forgets the record before and begins one.
  public void begin(Type type) {
    out.clear();
    out.writeByte(type.code);
    entries = 0;
  }

  public boolean isEmpty() {
    return entries == 0;
  }

  /// Bytes so far.
  public int size() {
    return out.size();
  }

  byte[] array() {
    return out.array();
  }

  public void series(long ref, Labels labels) {
    entries++;
    out.writeLong(ref);
    writeLabels(labels);
  }

  private void writeLabels(Labels labels) {
    out.writeUvarint(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      out.writeString(labels.name(i));
      out.writeString(labels.value(i));
    }
  }

  private void writeRefAndTime(long ref, long time) {
    if (entries++ == 0) {
      firstRef = ref;
      firstTime = time;
      out.writeLong(ref);
      out.writeLong(time);
    }
    out.writeVarint(ref - firstRef);
    out.writeVarint(time - firstTime);
  }

  public void sample(long ref, long timestampMillis, double value) {
    writeRefAndTime(ref, timestampMillis);
    out.writeDouble(value);
  }

  public void exemplar(long ref, Exemplar exemplar) {
    writeRefAndTime(ref, exemplar.timestampMillis());
    out.writeDouble(exemplar.value());
    writeLabels(exemplar.labels());
  }

  public void tombstone(long ref, long minMillis, long maxMillis) {
    entries++;
    out.writeLong(ref);
    out.writeVarint(minMillis);
    out.writeVarint(maxMillis);
  }

  /// The samples of a series that this log told before are in a chunk on disk.
  ///
  /// @param chunk the chunk's reference: file number in the upper, offset in the lower 32 bits
  public void marker(long ref, long chunk) {
    entries++;
    out.writeLong(ref);
    out.writeLong(chunk);
  }

  public void metadata(long ref, MetricMetadata metadata) {
    entries++;
    out.writeUvarint(ref);
    out.writeByte(MetadataTypes.code(metadata.type()));
    out.writeUvarint(2);
    out.writeString("UNIT");
    out.writeString(metadata.unit());
    out.writeString("HELP");
    out.writeString(metadata.help());
  }

  /// A histogram; the record was begun with its {@link Type#of}.
  public void histogram(long ref, long timestampMillis, NativeHistogram h) {
    writeRefAndTime(ref, timestampMillis);
    out.writeByte(h.resetHint().ordinal());
    out.writeVarint(h.schema());
    out.writeDouble(h.zeroThreshold());
    if (h.isInteger()) {
      out.writeUvarint((long) h.zeroCount());
      out.writeUvarint((long) h.count());
    } else {
      out.writeDouble(h.zeroCount());
      out.writeDouble(h.count());
    }
    out.writeDouble(h.sum());
    writeSpans(h.positive());
    writeSpans(h.negative());
    writeCounts(h.positive(), h.isInteger());
    writeCounts(h.negative(), h.isInteger());
    if (h.hasCustomBuckets()) {
      out.writeUvarint(h.customBoundCount());
      for (int i = 0; i < h.customBoundCount(); i++) {
        out.writeDouble(h.customBound(i));
      }
    }
  }

  private void writeSpans(Buckets buckets) {
    out.writeUvarint(buckets.spanCount());
    for (int i = 0; i < buckets.spanCount(); i++) {
      out.writeVarint(buckets.spanOffset(i));
      out.writeUvarint(buckets.spanLength(i));
    }
  }

  private void writeCounts(Buckets buckets, boolean integer) {
    out.writeUvarint(buckets.size());
    long before = 0;
    for (int i = 0; i < buckets.size(); i++) {
      if (integer) {
        long now = (long) buckets.count(i);
        out.writeVarint(now - before);
        before = now;
      } else {
        out.writeDouble(buckets.count(i));
      }
    }
  }
}
