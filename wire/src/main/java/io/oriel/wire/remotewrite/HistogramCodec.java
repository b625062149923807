package io.oriel.wire.remotewrite;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import java.io.IOException;
import java.util.Arrays;

/// The `Histogram` message, the same in `prometheus` and `io.prometheus.write.v2` but for the start
/// timestamp.
///
/// Reused from message to message when reading. Not thread-safe.
public final class HistogramCodec {
  /** More buckets than any honest histogram has; bounds what one message can allocate. */
  private static final int MAX_BUCKETS = 1 << 20;

  private final Side positive = new Side();
  private final Side negative = new Side();
  private double[] bounds = new double[16];
  private int boundCount;
  private double count;
  private double sum;
  private int schema;
  private double zeroThreshold;
  private double zeroCount;
  private boolean integer;
  private ResetHint hint = ResetHint.UNKNOWN;
  private long timestampMillis;
  private long startMillis;

  private static final class Side {
    int[] offsets = new int[8];
    int[] lengths = new int[8];
    int spans;
    double[] counts = new double[32];
    int size;

    void clear() {
      spans = 0;
      size = 0;
    }

    void addSpan(CodedInputStream in) throws IOException {
      int limit = in.pushLimit(in.readRawVarint32());
      int offset = 0;
      int length = 0;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (tag) {
          case 1 << 3 -> offset = in.readSInt32();
          case 2 << 3 -> length = in.readUInt32();
          default -> in.skipField(tag);
        }
      }
      in.popLimit(limit);
      if (spans == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * spans);
        lengths = Arrays.copyOf(lengths, 2 * spans);
      }
      offsets[spans] = offset;
      lengths[spans++] = length;
    }

    void add(double value) {
      if (size == MAX_BUCKETS) {
        throw new IllegalArgumentException("more than " + MAX_BUCKETS + " buckets");
      }
      if (size == counts.length) {
        counts = Arrays.copyOf(counts, 2 * size);
      }
      counts[size++] = value;
    }

    void addDelta(long delta) {
      add(size == 0 ? delta : counts[size - 1] + delta);
    }

    Buckets buckets() {
      return Buckets.of(
          Arrays.copyOf(offsets, spans),
          Arrays.copyOf(lengths, spans),
          Arrays.copyOf(counts, size));
    }
  }

  /// Reads the fields of one message up to the limit that is set on {@code in}.
  ///
  /// @throws IllegalArgumentException when the spans do not fit the buckets
  public NativeHistogram read(CodedInputStream in) throws IOException {
    clear();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      field(in, tag);
    }
    return NativeHistogram.builder()
        .schema(schema)
        .zero(zeroThreshold, zeroCount)
        .count(count)
        .sum(sum)
        .positive(positive.buckets())
        .negative(negative.buckets())
        .customBounds(Arrays.copyOf(bounds, boundCount))
        .resetHint(hint)
        .integer(integer)
        .build();
  }

  /// The time of the message read last, Unix milliseconds.
  public long timestampMillis() {
    return timestampMillis;
  }

  /// The start of the message read last, Unix milliseconds; zero when not told.
  public long startMillis() {
    return startMillis;
  }

  private void clear() {
    positive.clear();
    negative.clear();
    boundCount = 0;
    count = 0;
    sum = 0;
    schema = 0;
    zeroThreshold = 0;
    zeroCount = 0;
    integer = true;
    hint = ResetHint.UNKNOWN;
    timestampMillis = 0;
    startMillis = 0;
  }

  private void field(CodedInputStream in, int tag) throws IOException {
    switch (tag >>> 3) {
      case 1 -> count = in.readUInt64();
      case 2 -> {
        count = in.readDouble();
        integer = false;
      }
      case 3 -> sum = in.readDouble();
      case 4 -> schema = in.readSInt32();
      case 5 -> zeroThreshold = in.readDouble();
      case 6 -> zeroCount = in.readUInt64();
      case 7 -> zeroCount = in.readDouble();
      case 8 -> negative.addSpan(in);
      case 9 -> deltas(in, tag, negative);
      case 10 -> counts(in, tag, negative);
      case 11 -> positive.addSpan(in);
      case 12 -> deltas(in, tag, positive);
      case 13 -> counts(in, tag, positive);
      case 14 -> hint = hint(in.readEnum());
      case 15 -> timestampMillis = in.readInt64();
      case 16 -> bounds(in, tag);
      case 17 -> startMillis = in.readInt64();
      default -> in.skipField(tag);
    }
  }

  private static void deltas(CodedInputStream in, int tag, Side side) throws IOException {
    if ((tag & 7) != 2) {
      side.addDelta(in.readSInt64());
      return;
    }
    int limit = in.pushLimit(in.readRawVarint32());
    while (!in.isAtEnd()) {
      side.addDelta(in.readSInt64());
    }
    in.popLimit(limit);
  }

  private static void counts(CodedInputStream in, int tag, Side side) throws IOException {
    if ((tag & 7) != 2) {
      side.add(in.readDouble());
      return;
    }
    int limit = in.pushLimit(in.readRawVarint32());
    while (!in.isAtEnd()) {
      side.add(in.readDouble());
    }
    in.popLimit(limit);
  }

  private void bounds(CodedInputStream in, int tag) throws IOException {
    boolean packed = (tag & 7) == 2;
    int limit = packed ? in.pushLimit(in.readRawVarint32()) : 0;
    do {
      if (packed && in.isAtEnd()) {
        break;
      }
      if (boundCount == bounds.length) {
        bounds = Arrays.copyOf(bounds, 2 * boundCount);
      }
      bounds[boundCount++] = in.readDouble();
    } while (packed);
    if (packed) {
      in.popLimit(limit);
    }
  }

  private static ResetHint hint(int number) {
    return switch (number) {
      case 1 -> ResetHint.RESET;
      case 2 -> ResetHint.NO_RESET;
      case 3 -> ResetHint.GAUGE;
      default -> ResetHint.UNKNOWN;
    };
  }

  /// Writes the fields of one message.
  ///
  /// @param startMillis zero to leave it out, as version 1 must
  public static void write(
      CodedOutputStream out, NativeHistogram histogram, long timestampMillis, long startMillis)
      throws IOException {
    boolean integer = histogram.isInteger();
    if (integer) {
      out.writeUInt64(1, (long) histogram.count());
    } else {
      out.writeDouble(2, histogram.count());
    }
    out.writeDouble(3, histogram.sum());
    out.writeSInt32(4, histogram.schema());
    out.writeDouble(5, histogram.zeroThreshold());
    if (integer) {
      out.writeUInt64(6, (long) histogram.zeroCount());
    } else {
      out.writeDouble(7, histogram.zeroCount());
    }
    side(out, 8, histogram.negative(), integer);
    side(out, 11, histogram.positive(), integer);
    out.writeEnum(14, number(histogram.resetHint()));
    out.writeInt64(15, timestampMillis);
    if (histogram.customBoundCount() > 0) {
      out.writeTag(16, 2);
      out.writeUInt32NoTag(8 * histogram.customBoundCount());
      for (int i = 0; i < histogram.customBoundCount(); i++) {
        out.writeDoubleNoTag(histogram.customBound(i));
      }
    }
    if (startMillis != 0) {
      out.writeInt64(17, startMillis);
    }
  }

  private static int number(ResetHint hint) {
    return switch (hint) {
      case UNKNOWN -> 0;
      case RESET -> 1;
      case NO_RESET -> 2;
      case GAUGE -> 3;
    };
  }

  /// Spans, then deltas or counts, in the three fields from {@code field} on.
  private static void side(CodedOutputStream out, int field, Buckets buckets, boolean integer)
      throws IOException {
    for (int i = 0; i < buckets.spanCount(); i++) {
      int size =
          CodedOutputStream.computeSInt32Size(1, buckets.spanOffset(i))
              + CodedOutputStream.computeUInt32Size(2, buckets.spanLength(i));
      out.writeTag(field, 2);
      out.writeUInt32NoTag(size);
      out.writeSInt32(1, buckets.spanOffset(i));
      out.writeUInt32(2, buckets.spanLength(i));
    }
    if (buckets.size() == 0) {
      return;
    }
    if (!integer) {
      out.writeTag(field + 2, 2);
      out.writeUInt32NoTag(8 * buckets.size());
      for (int i = 0; i < buckets.size(); i++) {
        out.writeDoubleNoTag(buckets.count(i));
      }
      return;
    }
    int size = 0;
    for (int i = 0; i < buckets.size(); i++) {
      size += CodedOutputStream.computeSInt64SizeNoTag(delta(buckets, i));
    }
    out.writeTag(field + 1, 2);
    out.writeUInt32NoTag(size);
    for (int i = 0; i < buckets.size(); i++) {
      out.writeSInt64NoTag(delta(buckets, i));
    }
  }

  private static long delta(Buckets buckets, int i) {
    return (long) (buckets.count(i) - (i == 0 ? 0 : buckets.count(i - 1)));
  }
}
