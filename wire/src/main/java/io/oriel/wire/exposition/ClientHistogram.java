package io.oriel.wire.exposition;

import com.google.protobuf.CodedInputStream;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricType;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One `io.prometheus.client.Histogram` message: classic buckets, native buckets, or both.
final class ClientHistogram {
  /// A classic bucket.
  record Bucket(double upperBound, double cumulativeCount, @Nullable Exemplar exemplar) {}

  /** More buckets than any honest histogram has; bounds what one length prefix can allocate. */
  private static final int MAX_BUCKETS = 1 << 20;

  double count;
  double sum;
  long startMillis;
  final List<Bucket> buckets = new ArrayList<>();
  final List<Exemplar> exemplars = new ArrayList<>();
  private boolean floats;
  private int schema;
  private double zeroThreshold;
  private double zeroCount;
  private final Side positive = new Side();
  private final Side negative = new Side();

  /// One side's buckets as they come: spans and either deltas or counts.
  private static final class Side {
    int[] offsets = new int[4];
    int[] lengths = new int[4];
    int spans;
    double[] counts = new double[16];
    int size;
    boolean deltas;

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

    void addDelta(long delta) {
      deltas = true;
      add(size == 0 ? delta : counts[size - 1] + delta);
    }

    void add(double count) {
      if (size == MAX_BUCKETS) {
        throw new IllegalArgumentException("more than " + MAX_BUCKETS + " buckets");
      }
      if (size == counts.length) {
        counts = Arrays.copyOf(counts, 2 * size);
      }
      counts[size++] = count;
    }

    Buckets buckets() {
      return Buckets.of(
          Arrays.copyOf(offsets, spans),
          Arrays.copyOf(lengths, spans),
          Arrays.copyOf(counts, size));
    }
  }

  static ClientHistogram read(CodedInputStream in) throws IOException {
    ClientHistogram histogram = new ClientHistogram();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      histogram.field(in, tag);
    }
    return histogram;
  }

  private void field(CodedInputStream in, int tag) throws IOException {
    int wire = tag & 7;
    switch (tag >>> 3) {
      case 1 -> {
        long integer = in.readUInt64();
        count = count == 0 ? unsigned(integer) : count;
      }
      case 2 -> sum = in.readDouble();
      case 3 -> buckets.add(bucket(in));
      case 4 -> {
        double real = in.readDouble();
        floats |= real > 0;
        count = real > 0 ? real : count;
      }
      case 5 -> schema = in.readSInt32();
      case 6 -> zeroThreshold = in.readDouble();
      case 7 -> {
        long integer = in.readUInt64();
        zeroCount = zeroCount == 0 ? unsigned(integer) : zeroCount;
      }
      case 8 -> {
        double real = in.readDouble();
        floats |= real > 0;
        zeroCount = real > 0 ? real : zeroCount;
      }
      case 9 -> negative.addSpan(in);
      case 10 -> deltas(in, wire, negative);
      case 11 -> counts(in, wire, negative);
      case 12 -> positive.addSpan(in);
      case 13 -> deltas(in, wire, positive);
      case 14 -> counts(in, wire, positive);
      case 15 -> startMillis = timestamp(in);
      case 16 -> exemplars.add(exemplar(in));
      default -> in.skipField(tag);
    }
  }

  private static void deltas(CodedInputStream in, int wire, Side side) throws IOException {
    if (wire != 2) {
      side.addDelta(in.readSInt64());
      return;
    }
    int limit = in.pushLimit(in.readRawVarint32());
    while (!in.isAtEnd()) {
      side.addDelta(in.readSInt64());
    }
    in.popLimit(limit);
  }

  private static void counts(CodedInputStream in, int wire, Side side) throws IOException {
    if (wire != 2) {
      side.add(in.readDouble());
      return;
    }
    int limit = in.pushLimit(in.readRawVarint32());
    while (!in.isAtEnd()) {
      side.add(in.readDouble());
    }
    in.popLimit(limit);
  }

  private static Bucket bucket(CodedInputStream in) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    double bound = 0;
    double cumulative = 0;
    Exemplar exemplar = null;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag >>> 3) {
        case 1 -> {
          long integer = in.readUInt64();
          cumulative = cumulative == 0 ? unsigned(integer) : cumulative;
        }
        case 2 -> bound = in.readDouble();
        case 3 -> exemplar = exemplar(in);
        case 4 -> {
          double real = in.readDouble();
          cumulative = real > 0 ? real : cumulative;
        }
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    return new Bucket(bound, cumulative, exemplar);
  }

  /// A length-delimited `Exemplar`.
  static Exemplar exemplar(CodedInputStream in) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    LabelsBuilder labels = new LabelsBuilder();
    double value = 0;
    long time = 0;
    boolean hasTime = false;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag >>> 3) {
        case 1 -> label(in, labels);
        case 2 -> value = in.readDouble();
        case 3 -> {
          time = timestamp(in);
          hasTime = true;
        }
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    Labels built = labels.build();
    return new Exemplar(built, value, time, hasTime);
  }

  private static void label(CodedInputStream in, LabelsBuilder into) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    String name = "";
    String value = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag >>> 3) {
        case 1 -> name = in.readStringRequireUtf8();
        case 2 -> value = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    into.set(name, value);
  }

  /// A length-delimited `google.protobuf.Timestamp`, in Unix milliseconds.
  static long timestamp(CodedInputStream in) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    long seconds = 0;
    int nanos = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag >>> 3) {
        case 1 -> seconds = in.readInt64();
        case 2 -> nanos = in.readInt32();
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    return seconds * 1000 + nanos / 1_000_000;
  }

  /// An unsigned 64-bit count as a double.
  static double unsigned(long count) {
    return count >= 0 ? count : (count >>> 1) * 2.0 + (count & 1);
  }

  /// Whether there is a native histogram in the message.
  boolean isNative() {
    return positive.spans > 0 || negative.spans > 0 || zeroThreshold > 0 || zeroCount > 0;
  }

  /// @throws IllegalArgumentException when the spans do not fit the buckets
  NativeHistogram toNative(MetricType type) {
    boolean integer = !floats && (positive.size == 0 || positive.deltas);
    return NativeHistogram.builder()
        .schema(schema)
        .zero(zeroThreshold, zeroCount)
        .count(count)
        .sum(sum)
        .positive(positive.buckets())
        .negative(negative.buckets())
        .integer(integer && (negative.size == 0 || negative.deltas))
        .resetHint(type == MetricType.GAUGE_HISTOGRAM ? ResetHint.GAUGE : ResetHint.UNKNOWN)
        .build();
  }

  /// The exemplars of the native histogram: its own, else those of the classic buckets; only ones
  /// with a time can be told apart, so others are left out.
  List<Exemplar> nativeExemplars() {
    List<Exemplar> found = new ArrayList<>(exemplars);
    if (found.isEmpty()) {
      for (Bucket bucket : buckets) {
        if (bucket.exemplar() != null) {
          found.add(bucket.exemplar());
        }
      }
    }
    found.removeIf(exemplar -> !exemplar.hasTimestamp());
    return List.copyOf(found);
  }

  /// The classic buckets, with the one for `+Inf` added when it was left out.
  List<Bucket> classicBuckets() {
    boolean complete =
        !buckets.isEmpty() && buckets.getLast().upperBound() == Double.POSITIVE_INFINITY;
    if (complete) {
      return buckets;
    }
    List<Bucket> all = new ArrayList<>(buckets);
    all.add(new Bucket(Double.POSITIVE_INFINITY, count, null));
    return all;
  }
}
