package io.oriel.tsdb.wal;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.model.metric.NativeHistogramBuilder;

/// Decodes records, upstream's types 1 to 13: docs/formats/wal.md. Start times, which types 11 to
/// 13 can have, are read and left out. Reuses the columns of samples; not thread-safe.
final class RecordDecoder {
  /** Type, varints of one byte and the value: no sample is shorter. */
  private static final int LEAST_SAMPLE_BYTES = 10;

  private final Symbols symbols = new Symbols();
  private long[] refs = new long[1024];
  private long[] times = new long[1024];
  private double[] values = new double[1024];

  void decode(byte[] record, int length, RecordVisitor visitor) {
    ByteReader in = new ByteReader(record, length);
    int type = in.readByte();
    switch (type) {
      case 1 -> series(in, visitor);
      case 2 -> samples(in, length, visitor);
      case 3 -> tombstones(in, visitor);
      case 4 -> exemplars(in, visitor);
      case 5 -> markers(in, visitor);
      case 6 -> metadata(in, visitor);
      case 7, 8 -> histograms(in, visitor, type == 7, Bounds.NONE);
      case 9, 10 -> histograms(in, visitor, type == 9, Bounds.PRESENT);
      case 11 -> samplesWithStart(in, length, visitor);
      case 12, 13 -> histogramsWithStart(in, visitor, type == 12);
      default -> visitor.unknown(type);
    }
  }

  private void series(ByteReader in, RecordVisitor visitor) {
    while (in.hasMore()) {
      long ref = in.readLong();
      visitor.series(ref, labels(in));
    }
  }

  private Labels labels(ByteReader in) {
    String[] pairs = new String[2 * in.readCount()];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = in.readSymbol(symbols);
    }
    return Labels.ofSorted(pairs);
  }

  private void samples(ByteReader in, int length, RecordVisitor visitor) {
    if (!in.hasMore()) {
      return;
    }
    fit(length);
    long ref = in.readLong();
    long time = in.readLong();
    int count = 0;
    while (in.hasMore()) {
      refs[count] = ref + in.readVarint();
      times[count] = time + in.readVarint();
      values[count++] = in.readDouble();
    }
    visitor.samples(refs, times, values, count);
  }

  /// Makes room for the samples of a record of {@code length} bytes.
  private void fit(int length) {
    int most = length / LEAST_SAMPLE_BYTES + 1;
    if (refs.length < most) {
      refs = new long[most];
      times = new long[most];
      values = new double[most];
    }
  }

  private void samplesWithStart(ByteReader in, int length, RecordVisitor visitor) {
    if (!in.hasMore()) {
      return;
    }
    fit(length);
    SampleNames names = new SampleNames();
    int count = 0;
    while (in.hasMore()) {
      names.next(in);
      refs[count] = names.ref;
      times[count] = names.time;
      values[count++] = in.readDouble();
    }
    visitor.samples(refs, times, values, count);
  }

  private static void histogramsWithStart(ByteReader in, RecordVisitor visitor, boolean integer) {
    SampleNames names = new SampleNames();
    while (in.hasMore()) {
      names.next(in);
      visitor.histogram(names.ref, names.time, histogram(in, integer, Bounds.BY_SCHEMA));
    }
  }

  /// Of which series and time the samples of one record of the types 11 to 13 are: references are
  /// told from the one before, times from the first.
  private static final class SampleNames {
    private static final int EXPLICIT_START = 2;

    private boolean begun;
    private long firstTime;
    long ref;
    long time;

    void next(ByteReader in) {
      ref += in.readVarint();
      time = firstTime + in.readVarint();
      if (!begun) {
        begun = true;
        firstTime = time;
        in.readVarint();
      } else if (in.readByte() >= EXPLICIT_START) {
        in.readVarint();
      }
    }
  }

  private static void tombstones(ByteReader in, RecordVisitor visitor) {
    while (in.hasMore()) {
      long ref = in.readLong();
      long min = in.readVarint();
      visitor.tombstone(ref, min, in.readVarint());
    }
  }

  private void exemplars(ByteReader in, RecordVisitor visitor) {
    if (!in.hasMore()) {
      return;
    }
    long ref = in.readLong();
    long time = in.readLong();
    while (in.hasMore()) {
      long exemplarRef = ref + in.readVarint();
      long exemplarTime = time + in.readVarint();
      double value = in.readDouble();
      visitor.exemplar(exemplarRef, new Exemplar(labels(in), value, exemplarTime, true));
    }
  }

  private static void markers(ByteReader in, RecordVisitor visitor) {
    while (in.hasMore()) {
      long ref = in.readLong();
      visitor.marker(ref, in.readLong());
    }
  }

  private static void metadata(ByteReader in, RecordVisitor visitor) {
    while (in.hasMore()) {
      long ref = in.readUvarint();
      MetricType type = MetadataTypes.of(in.readByte());
      int fields = in.readCount();
      String unit = "";
      String help = "";
      for (int i = 0; i < fields; i++) {
        String name = in.readString();
        String value = in.readString();
        switch (name) {
          case "UNIT" -> unit = value;
          case "HELP" -> help = value;
          default -> {}
        }
      }
      visitor.metadata(ref, new MetricMetadata(type, unit, help));
    }
  }

  /// Whether a histogram is followed by the bounds of its buckets.
  private enum Bounds {
    NONE,
    PRESENT,
    /** If its schema has custom bounds. */
    BY_SCHEMA
  }

  private static void histograms(
      ByteReader in, RecordVisitor visitor, boolean integer, Bounds bounds) {
    if (!in.hasMore()) {
      return;
    }
    long ref = in.readLong();
    long time = in.readLong();
    while (in.hasMore()) {
      long sampleRef = ref + in.readVarint();
      long sampleTime = time + in.readVarint();
      visitor.histogram(sampleRef, sampleTime, histogram(in, integer, bounds));
    }
  }

  private static NativeHistogram histogram(ByteReader in, boolean integer, Bounds bounds) {
    NativeHistogramBuilder h = NativeHistogram.builder().integer(integer);
    ResetHint hint = ResetHint.values()[in.readByte() & 3];
    int schema = (int) in.readVarint();
    h.resetHint(hint).schema(schema);
    double threshold = in.readDouble();
    h.zero(threshold, integer ? in.readUvarint() : in.readDouble());
    h.count(integer ? in.readUvarint() : in.readDouble()).sum(in.readDouble());
    int[][] positive = spans(in);
    int[][] negative = spans(in);
    h.positive(Buckets.of(positive[0], positive[1], counts(in, integer)));
    h.negative(Buckets.of(negative[0], negative[1], counts(in, integer)));
    if (bounds == Bounds.PRESENT
        || bounds == Bounds.BY_SCHEMA && schema == NativeHistogram.CUSTOM_BUCKETS) {
      double[] custom = new double[in.readCount()];
      for (int i = 0; i < custom.length; i++) {
        custom[i] = in.readDouble();
      }
      h.customBounds(custom);
    }
    return h.build();
  }

  private static int[][] spans(ByteReader in) {
    int count = in.readCount();
    int[][] spans = new int[2][count];
    for (int i = 0; i < count; i++) {
      spans[0][i] = (int) in.readVarint();
      spans[1][i] = (int) in.readUvarint();
    }
    return spans;
  }

  private static double[] counts(ByteReader in, boolean integer) {
    double[] counts = new double[in.readCount()];
    long sum = 0;
    for (int i = 0; i < counts.length; i++) {
      if (integer) {
        sum += in.readVarint();
        counts[i] = sum;
      } else {
        counts[i] = in.readDouble();
      }
    }
    return counts;
  }
}
